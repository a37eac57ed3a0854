from ._layouts import array_layouts, assert_layout_independent

__all__ = ["array_layouts", "assert_layout_independent"]

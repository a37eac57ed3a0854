"""The order of slices at the same place: the fourth axis of a volume."""

import numpy as np

from scikit.dicom._kind import COMPONENTS

# Axes that are slower than time where each of their values comes equally often at every place.
_SLOW = ("component", "type", "segment", "echo", "inversion", "flip")
# What must be the same in all slices of one volume.
_SAME = ("component", "segment", "echo", "inversion", "flip", "bvalue", "gradient", "temporal")
_WORDS = {"bvalue": "b-value", "type": "image type", "gradient": "gradient direction"}
#: Attributes of a volume's fourth axis that are shown to users.
SHOWN = (*_SAME, "trigger", "acquisition")
#: Times between volumes that differ from the repetition time by less than this share are it.
_NEAR = 0.05


class Fourth:
    """Slices of a 4-D volume in their order.

    Attributes
    ----------
    index : (times, places) ndarray
        Which slice stands where.
    axis : str or None
        What the fourth axis is: "time", "echo", "b-value" ..., or several joined by " x ", the
        slowest first. None where there is one volume only.
    labels : dict of str to ndarray
        What differs along it, or is known of it.
    notes : list of str
        What deserves attention.
    """

    def __init__(self, table, shelf, count):
        self.table, self.count, self.places = table, count, shelf.max() + 1 if len(shelf) else 0
        self.shelf, self.notes = shelf, []
        self._ranks = {
            name: _ranked(values, table.labels.get("instance"), name)
            for name, values in table.labels.items()
        }
        slow = self._slow()
        self._sort(slow)
        if self._mixed():
            agree = [n for n in (*_SLOW, "bvalue", "gradient") if self._agrees(n)]
            self._sort(agree)
            if self._mixed():
                self._sort(slow)
        for name in self._mixed():
            what = _WORDS.get(name, name)
            self.notes.append(f"slices of one volume of the fourth axis differ in their {what}")
        self.slow = slow
        self.axis = self._axis(slow)
        self.labels = self._labels()

    def _by_shelf(self, values):
        """(places, count): the values of each place, ascending."""
        order = np.lexsort((values, self.shelf))
        return values[order].reshape(self.places, self.count)

    def _agrees(self, name):
        """Are the values at all places the same, and several?"""
        ranks = self._ranks.get(name)
        if ranks is None or self.count == 1:
            return False
        rows = self._by_shelf(ranks)
        return bool((rows == rows[0]).all() and rows[0, 0] != rows[0, -1])

    def _slow(self):
        names, groups = [], 1
        for name in _SLOW:
            if not self._agrees(name):
                continue
            if name == "type" and "component" in names:
                continue
            _, counts = np.unique(self._by_shelf(self._ranks[name])[0], return_counts=True)
            if counts.min() == counts.max() and self._groups([*names, name]) > groups:
                names.append(name)
                groups = self._groups(names)
        return names

    def _groups(self, names):
        """How many different volumes do these tell apart?"""
        first = self.shelf == 0
        return len({tuple(self._ranks[n][k] for n in names) for k in np.flatnonzero(first)})

    def _sort(self, slow):
        """Slices by place, the slow axes, and time."""
        labels, count = self.table.labels, len(self.shelf)
        zeros = np.zeros(count)

        def known(name):
            values = labels.get(name)
            return zeros if values is None else np.nan_to_num(values)

        instance = known("instance")
        distinct = self._by_shelf(instance)
        temporal = known("temporal")
        if (np.diff(distinct, axis=1) > 0).all():
            fast = [temporal, instance]
        else:
            fast = [temporal, known("trigger"), known("acquisition"), known("time"), instance]
        keys = [self.table.frame, self.table.file, *fast[::-1]]
        keys += [self._ranks[name] for name in slow[::-1]]
        order = np.lexsort((*keys, self.shelf))
        self.index = order.reshape(self.places, self.count).T

    def _mixed(self):
        """Names of what differs inside of a volume."""
        mixed = []
        for name in _SAME:
            ranks = self._ranks.get(name)
            if ranks is not None and self.count > 1:
                inside = ranks[self.index]
                if (inside != inside[:, :1]).any():
                    mixed.append(name)
        return mixed

    def _axis(self, slow):
        if self.count == 1:
            return None
        parts = [_WORDS.get(name, name) for name in slow]
        if self._groups(slow) < self.count:
            ranks = [self._ranks[n] for n in ("bvalue", "gradient") if n in self._ranks]
            weighted = any(len(np.unique(r[self.index[:, 0]])) > 1 for r in ranks)
            parts.append("b-value" if weighted else "time")
        return " x ".join(parts)

    def _labels(self):
        out = {}
        for name in SHOWN:
            values = self.table.labels.get(name)
            if values is None or self.count == 1:
                continue
            one = values[self.index[:, 0]]
            if np.isnan(one).all() or (one == one[:1]).all():
                continue
            if name == "component":
                words = [COMPONENTS[int(v)] if 0 <= v < 4 else "unknown" for v in one]
                one = np.array(words)
            out[name] = one
        return out

    def times(self, header):
        """(seconds of each volume from the first one, where they come from), or (None, "")."""
        if self.count == 1 or not self.axis.endswith(("time", "b-value")):
            return None, ""
        runs = self.count // max(self._groups(self.slow), 1)  # volumes in a run of time
        step = header.get("RepetitionTime")
        step = float(step) / 1e3 if isinstance(step, (int, float)) and step > 0 else None
        for name, scale, source in (
            ("offset", 1.0, "Temporal Position Time Offset"),
            ("trigger", 1e-3, "Trigger Time"),
            ("time", 1.0, "acquisition times"),
        ):
            values = self.table.labels.get(name)
            if values is None:
                continue
            start = np.min(values[self.index], axis=1) * scale
            start = (start - start.min()).reshape(-1, runs)
            if np.isnan(start).any() or (np.diff(start, axis=1) <= 0).any():
                continue
            usual = float(np.median(np.diff(start, axis=1)))
            if name != "offset" and step and abs(usual - step) <= max(_NEAR * step, 0.005):
                break  # the repetition time is the more precise
            return start.reshape(-1), source
        if step is None:
            return None, ""
        if str(header.get("MRAcquisitionType") or "") == "3D" and self.places > 1 and step < 0.25:
            return None, ""
        return np.tile(np.arange(runs) * step, self.count // runs), "Repetition Time"


def _ranked(values, instance, name):
    """Values as whole numbers in their order; image types in the order in which they come."""
    if values.ndim > 1:
        _, ranks = np.unique(np.nan_to_num(values).round(4), axis=0, return_inverse=True)
        return ranks.reshape(-1)
    rounded = np.nan_to_num(values, nan=-1e30)
    distinct, ranks = np.unique(rounded.round(4), return_inverse=True)
    ranks = ranks.reshape(-1)
    if name == "type" and len(distinct) > 1 and instance is not None:
        first = [np.nanmin(np.nan_to_num(instance[ranks == k])) for k in range(len(distinct))]
        ranks = np.argsort(np.argsort(first, kind="stable"), kind="stable")[ranks]
    return ranks

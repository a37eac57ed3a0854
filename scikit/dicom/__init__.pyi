from ._dataset import Dataset as Dataset
from ._dataset import Sequence as Sequence
from ._element import DataElement as DataElement
from ._element import Tag as Tag
from ._enhanced import frame_positions as frame_positions
from ._errors import DicomError as DicomError
from ._pixels import pixel_array as pixel_array
from ._private import PrivateBlock as PrivateBlock
from ._read import dcmread as dcmread
from ._read_volume import read_volume as read_volume
from ._report import VolumeReport as VolumeReport
from ._scan import scan as scan
from ._table import ScanSeries as ScanSeries
from ._table import ScanTable as ScanTable
from ._types import IS as IS
from ._types import UID as UID
from ._types import DSfloat as DSfloat
from ._types import MultiValue as MultiValue
from ._types import PersonName as PersonName
from ._volume import Volume as Volume
from ._volume_write import write_volume as write_volume
from ._write import dcmwrite as dcmwrite

__all__ = [
    "IS",
    "UID",
    "DSfloat",
    "DataElement",
    "Dataset",
    "DicomError",
    "MultiValue",
    "PersonName",
    "PrivateBlock",
    "ScanSeries",
    "ScanTable",
    "Sequence",
    "Tag",
    "Volume",
    "VolumeReport",
    "dcmread",
    "dcmwrite",
    "frame_positions",
    "pixel_array",
    "read_volume",
    "scan",
    "write_volume",
]

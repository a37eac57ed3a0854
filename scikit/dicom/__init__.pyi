from . import uid as uid
from ._color import apply_color_lut as apply_color_lut
from ._color import convert_color_space as convert_color_space
from ._compress import compress as compress
from ._compress import decompress as decompress
from ._dataset import Dataset as Dataset
from ._dates import DA as DA
from ._dates import DT as DT
from ._dates import TM as TM
from ._deidentify import DeidentifyReport as DeidentifyReport
from ._deidentify import deidentify as deidentify
from ._deidentify import deidentify_folder as deidentify_folder
from ._dicomdir import DirectoryRecord as DirectoryRecord
from ._dicomdir import FileSet as FileSet
from ._dicomdir import read_dicomdir as read_dicomdir
from ._dicomdir_write import write_dicomdir as write_dicomdir
from ._element import DataElement as DataElement
from ._enhanced import frame_positions as frame_positions
from ._errors import CharacterSetError as CharacterSetError
from ._errors import CodecError as CodecError
from ._errors import DamagedError as DamagedError
from ._errors import DicomError as DicomError
from ._errors import FileReferenceError as FileReferenceError
from ._errors import LimitError as LimitError
from ._errors import MissingCodecError as MissingCodecError
from ._errors import NotDicomError as NotDicomError
from ._errors import PixelDataError as PixelDataError
from ._errors import ValueFitError as ValueFitError
from ._limits import Limits as Limits
from ._limits import limits as limits
from ._lookup import dictionary_description as dictionary_description
from ._lookup import dictionary_has_tag as dictionary_has_tag
from ._lookup import dictionary_is_retired as dictionary_is_retired
from ._lookup import dictionary_keyword as dictionary_keyword
from ._lookup import dictionary_VM as dictionary_VM
from ._lookup import dictionary_VR as dictionary_VR
from ._lookup import keyword_for_tag as keyword_for_tag
from ._lookup import private_dictionary_VR as private_dictionary_VR
from ._lookup import tag_for_keyword as tag_for_keyword
from ._luts import apply_modality_lut as apply_modality_lut
from ._luts import apply_rescale as apply_rescale
from ._luts import apply_voi as apply_voi
from ._luts import apply_voi_lut as apply_voi_lut
from ._luts import apply_windowing as apply_windowing
from ._overlays import overlay_array as overlay_array
from ._pixels import iter_pixels as iter_pixels
from ._pixels import pixel_array as pixel_array
from ._private import PrivateBlock as PrivateBlock
from ._read import dcmread as dcmread
from ._read_volume import read_volume as read_volume
from ._report import VolumeReport as VolumeReport
from ._scan import scan as scan
from ._sequence import Sequence as Sequence
from ._table import ScanSeries as ScanSeries
from ._table import ScanTable as ScanTable
from ._types import IS as IS
from ._types import UID as UID
from ._types import DSdecimal as DSdecimal
from ._types import DSfloat as DSfloat
from ._types import MultiValue as MultiValue
from ._types import PersonName as PersonName
from ._types import Tag as Tag
from ._uid import generate_uid as generate_uid
from ._volume import Volume as Volume
from ._volume_write import write_volume as write_volume
from ._write import dcmwrite as dcmwrite

__all__ = [
    "DA",
    "DT",
    "IS",
    "TM",
    "UID",
    "CharacterSetError",
    "CodecError",
    "DSdecimal",
    "DSfloat",
    "DamagedError",
    "DataElement",
    "Dataset",
    "DeidentifyReport",
    "DicomError",
    "DirectoryRecord",
    "FileReferenceError",
    "FileSet",
    "LimitError",
    "Limits",
    "MissingCodecError",
    "MultiValue",
    "NotDicomError",
    "PersonName",
    "PixelDataError",
    "PrivateBlock",
    "ScanSeries",
    "ScanTable",
    "Sequence",
    "Tag",
    "ValueFitError",
    "Volume",
    "VolumeReport",
    "apply_color_lut",
    "apply_modality_lut",
    "apply_rescale",
    "apply_voi",
    "apply_voi_lut",
    "apply_windowing",
    "compress",
    "convert_color_space",
    "dcmread",
    "dcmwrite",
    "decompress",
    "deidentify",
    "deidentify_folder",
    "dictionary_VM",
    "dictionary_VR",
    "dictionary_description",
    "dictionary_has_tag",
    "dictionary_is_retired",
    "dictionary_keyword",
    "frame_positions",
    "generate_uid",
    "iter_pixels",
    "keyword_for_tag",
    "limits",
    "overlay_array",
    "pixel_array",
    "private_dictionary_VR",
    "read_dicomdir",
    "read_volume",
    "scan",
    "tag_for_keyword",
    "uid",
    "write_dicomdir",
    "write_volume",
]

"""Images for the tests, as data sets of pydicom's: what is compressed by others."""

import io

import numpy as np
import pydicom
from pydicom.encaps import encapsulate


def image(array, syntax="1.2.840.10008.1.2.1", frames=None, stored=None, photometric=None):
    """A data set of an array (frames, rows, columns, samples); `frames` are its codestreams."""
    array = np.asarray(array)
    ds = pydicom.Dataset()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    number, ds.Rows, ds.Columns, ds.SamplesPerPixel = array.shape
    if number > 1:
        ds.NumberOfFrames = number
    ds.BitsAllocated = 8 * array.dtype.itemsize
    ds.BitsStored = stored or ds.BitsAllocated
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(array.dtype.kind == "i")
    ds.PhotometricInterpretation = photometric or ("RGB" if array.shape[3] > 1 else "MONOCHROME2")
    if array.shape[3] > 1:
        ds.PlanarConfiguration = 0
    if frames is None:
        ds.PixelData = array.astype(array.dtype.newbyteorder("<")).tobytes()
    else:
        ds.PixelData = encapsulate(frames)
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
    return ds


def written(ds):
    """The bytes of a file of pydicom's data set."""
    file = io.BytesIO()
    ds.preamble = bytes(128)
    # forced: pydicom does not know the newest transfer syntaxes
    ds.save_as(file, implicit_vr=False, little_endian=True, force_encoding=True)
    return file.getvalue()

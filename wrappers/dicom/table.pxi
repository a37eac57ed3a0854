# The table of a level, for _parse_cy.pyx.
SLOW = object()  # what Table.quick gives where it does not know
cdef enum:
    QUICK = 64  # bytes of the longest value that is remembered
    MOST = 4096  # values that are remembered of one value representation
cdef dict _IMPLIED = {}  # tag -> value representation as a number, of the dictionary
cdef dict _REMEMBERED = {}  # value representation as a number -> {bytes: value}
cdef object _list_of, _element_of


def use_types(list_of, element_of):
    """Tell how to copy a list of values, and how to make an element of tag, VR, value and False."""
    global _list_of, _element_of
    _list_of, _element_of = list_of, element_of


def remember(str vr, bytes data, value):
    """Keep what little-endian bytes of a value representation mean in any character set, for Table.quick."""
    cdef dict values
    if value is None or len(data) > QUICK:
        return
    values = _REMEMBERED.setdefault(ord(vr[0]) << 8 | ord(vr[1]), {})
    if len(values) >= MOST:
        values.clear()
    values[data] = value


def imply(tag, str vr):
    """Keep the value representation that the dictionary gives a tag, for Table.quick."""
    _IMPLIED[tag] = ord(vr[0]) << 8 | ord(vr[1])


cdef class Table:
    """The elements of a level: tag -> (VR or None, flags, start, length), or what was put in its place.

    A mapping. What the kernel found stays an array, searched by bisection, until an element is added or removed
    or the tags turn out not to ascend; then it is a dict.
    """

    cdef Py_buffer buffer  # keeps the bytes, and a mapping, alive
    cdef sk_dicom_entry *rows
    cdef int64_t n, capacity
    cdef dict known  # what was set; all elements, where not `flat`
    cdef bint flat, big

    def __cinit__(self):
        self.rows, self.n, self.capacity, self.known, self.flat, self.big = NULL, 0, 0, {}, True, False

    def __dealloc__(self):
        free(self.rows)
        PyBuffer_Release(&self.buffer)

    cdef remembered(self, sk_dicom_entry *row, tag, uint16_t *vr):
        """What the bytes of an entry are known to mean, or None."""
        cdef dict values
        if row.flags or row.length > QUICK or self.big:
            return None
        vr[0] = row.vr or _IMPLIED.get(tag, 0)
        values = _REMEMBERED.get(vr[0])
        if values is None:
            return None
        return values.get((<const char *>self.buffer.buf + row.start)[:row.length])

    def quick(self, tag, default):
        """The value of an element, if that is at hand; `default` if there is none; otherwise SLOW."""
        cdef sk_dicom_entry *row
        cdef uint16_t vr
        found = self.known.get(tag)
        if found is not None:
            return SLOW if type(found) is tuple else found.value
        row = self.find(tag) if self.flat else NULL
        if row == NULL:
            return default
        found = self.remembered(row, tag, &vr)
        if found is None:
            return SLOW
        if type(found) is _list_of:
            found = _list_of(found)
            self.known[tag] = _element_of(tag, vr_name(vr), found, False)
        return found

    def element(self, tag):
        """The element itself, if its value is at hand; otherwise what __getitem__ gives."""
        cdef sk_dicom_entry *row
        cdef uint16_t vr
        found = self.known.get(tag)
        if found is not None:
            return found
        row = self.find(tag) if self.flat else NULL
        if row == NULL:
            raise KeyError(tag)
        found = self.remembered(row, tag, &vr)
        if found is None:
            return row_of(row)
        if type(found) is _list_of:
            found = _list_of(found)
        found = self.known[tag] = _element_of(tag, vr_name(vr), found, False)
        return found

    cdef sk_dicom_entry *room(self, int64_t extra) except NULL:
        """Place for more entries behind those that are there."""
        cdef sk_dicom_entry *bigger
        cdef int64_t wanted = self.n + extra
        if wanted > self.capacity:
            wanted = max(wanted, 2 * self.capacity)
            bigger = <sk_dicom_entry *>realloc(self.rows, wanted * sizeof(sk_dicom_entry))
            if bigger == NULL:
                check_status(SK_MEMORY)
            self.rows, self.capacity = bigger, wanted
        return self.rows + self.n

    cdef settle(self, bint ascending):
        """After the last entry: give back what was too much; a dict if the tags should ascend and do not."""
        cdef int64_t i
        cdef sk_dicom_entry *smaller = <sk_dicom_entry *>realloc(self.rows, max(self.n, 1) * sizeof(sk_dicom_entry))
        if smaller != NULL:
            self.rows, self.capacity = smaller, max(self.n, 1)
        for i in range(1, self.n if ascending else 0):
            if self.rows[i].tag <= self.rows[i - 1].tag:
                self.spread()
                break

    cdef sk_dicom_entry *find(self, uint32_t tag) noexcept:
        cdef int64_t low = 0, high = self.n, middle
        while low < high:
            middle = (low + high) // 2
            if self.rows[middle].tag < tag:
                low = middle + 1
            else:
                high = middle
        return self.rows + low if low < self.n and self.rows[low].tag == tag else NULL

    cdef spread(self):
        """Become a dict."""
        cdef int64_t i
        cdef dict table = {}
        if self.flat:
            for i in range(self.n):
                table[self.rows[i].tag] = row_of(self.rows + i)
            table.update(self.known)
            self.known, self.flat = table, False

    def __getitem__(self, tag):
        cdef sk_dicom_entry *row
        found = self.known.get(tag)
        if found is not None:
            return found
        row = self.find(tag) if self.flat else NULL
        if row == NULL:
            raise KeyError(tag)
        return row_of(row)

    def get(self, tag, default=None):
        cdef sk_dicom_entry *row
        found = self.known.get(tag)
        if found is not None:
            return found
        row = self.find(tag) if self.flat else NULL
        return default if row == NULL else row_of(row)

    def __contains__(self, tag):
        return tag in self.known or (self.flat and self.find(tag) != NULL)

    def __setitem__(self, tag, value):
        if self.flat and self.find(tag) == NULL:
            self.spread()
        self.known[tag] = value

    def __delitem__(self, tag):
        self.spread()
        del self.known[tag]

    def __len__(self):
        return self.n if self.flat else len(self.known)

    def item(self, int64_t index):
        """(flags, start, length) of an entry by its place."""
        if not 0 <= index < self.n:
            raise IndexError(index)
        return (self.rows[index].flags, self.rows[index].start, self.rows[index].length)

    def keys(self):
        """The tags, a list; ascending where the file's are."""
        cdef int64_t i
        return [self.rows[i].tag for i in range(self.n)] if self.flat else list(self.known)

    def __iter__(self):
        return iter(self.keys())

    def items(self):
        """(tag, value) pairs."""
        return [(tag, self[tag]) for tag in self.keys()]

    def values(self):
        """The values."""
        return [self[tag] for tag in self.keys()]

    def update(self, other):
        """Take over the elements of a mapping."""
        for tag in other:
            self[tag] = other[tag]

    def __reduce__(self):
        return dict, (dict(self.items()),)


cdef row_of(const sk_dicom_entry *row):
    return (vr_name(row.vr), row.flags, row.start, row.length)

import Cryptography
import Glibc

/// A file in memory, read only: the pages are the machine's, however many processes look at them.
///
/// Such files are never changed or cut where they lie, only replaced or unlinked, so that no page
/// of one that is mapped can go missing.
@safe final class MappedFile: @unchecked Sendable {
    // Unchecked: the memory is only ever read, and stays mapped until nobody refers to it.
    private let start: UnsafeRawPointer
    /// The number of bytes.
    let count: Int

    /// Maps a file; `nil` if it cannot be opened or is empty.
    init?(path: String) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_size > 0 else { return nil }
        count = Int(status.st_size)
        let mapped = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, file, 0)
        guard let memory = unsafe mapped, unsafe memory != MAP_FAILED else { return nil }
        unsafe start = UnsafeRawPointer(memory)
    }

    deinit {
        _ = unsafe munmap(UnsafeMutableRawPointer(mutating: start), count)
    }

    /// The number at a place, in the machine's byte order.
    @inline(__always)
    func load<Number: BitwiseCopyable>(_ type: Number.Type, at place: Int) -> Number {
        precondition(
            place >= 0 && place <= count - MemoryLayout<Number>.size,
            "the place lies within the file")
        return unsafe start.loadUnaligned(fromByteOffset: place, as: type)
    }

    /// The bytes of a range.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count, "the range lies within the file")
        return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: whole[range]))
    }

    /// The SHA-256 of a range.
    func digest(of range: Range<Int>) -> [UInt8] {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count, "the range lies within the file")
        return unsafe SHA256.digest(UnsafeRawBufferPointer(rebasing: whole[range]))
    }

    private var whole: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: start, count: count)
    }

    /// The memory from a place on, for loops that cannot afford a check for each number: whoever
    /// asks has checked that so many bytes follow, and keeps the file for as long.
    func memory(at place: Int, _ bytes: Int) -> UnsafeRawPointer {
        precondition(place >= 0 && bytes >= 0 && place <= count - bytes, "it lies within the file")
        return unsafe start + place
    }

    /// Tells the kernel that a range will be read soon.
    func willNeed(_ range: Range<Int>) {
        let first = range.lowerBound / 4_096 * 4_096
        guard first >= 0, range.upperBound <= count, first < range.upperBound else { return }
        // Advice: nothing depends on it.
        _ = unsafe madvise(
            UnsafeMutableRawPointer(mutating: start + first), range.upperBound - first,
            MADV_WILLNEED)
    }
}

/// Numbers side by side in a mapped file.
struct MappedNumbers<Number: BitwiseCopyable & Sendable>: Sendable {
    private let file: MappedFile
    private let place: Int
    /// How many there are.
    let count: Int

    /// Finds a section's numbers; `nil` if it does not lie within the file or is not whole.
    init?(_ file: MappedFile, _ section: IndexContents.Section?) {
        guard let section, section.lies(in: file),
            section.size % MemoryLayout<Number>.stride == 0
        else { return nil }
        self.file = file
        place = section.place
        count = section.size / MemoryLayout<Number>.stride
    }

    /// A number.
    @inline(__always)
    subscript(_ index: Int) -> Number {
        precondition(index >= 0 && index < count, "the number is one of those")
        return file.load(Number.self, at: place + index * MemoryLayout<Number>.stride)
    }

    /// Calls with some of them, where they lie.
    @inline(__always)
    func withPointer<Result>(
        _ range: Range<Int>, _ body: (UnsafePointer<Number>) -> Result
    ) -> Result {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count, "the numbers are some of those")
        let stride = MemoryLayout<Number>.stride
        let memory = unsafe file.memory(
            at: place + range.lowerBound * stride, range.count * stride)
        return withExtendedLifetime(file) {
            unsafe body(memory.assumingMemoryBound(to: Number.self))
        }
    }

    /// Some of them.
    func array(_ range: Range<Int>) -> [Number] {
        unsafe withPointer(range) {
            unsafe [Number](UnsafeBufferPointer(start: $0, count: range.count))
        }
    }

    /// Tells the kernel that all of them will be read soon.
    func willNeed() { file.willNeed(place..<(place + count * MemoryLayout<Number>.stride)) }

    /// Where the first number with a value of at least this is, in ascending numbers.
    func firstIndex(atLeast value: Number, from low: Int, to high: Int) -> Int
    where Number: Comparable {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

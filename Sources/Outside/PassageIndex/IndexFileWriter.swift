import Cryptography
import Glibc

/// Writes the sections of an index's file one after the other, and in the end its beginning, which
/// tells what the rest is.
final class IndexFileWriter {
    /// Bytes written at once.
    private static let room = 1 << 20

    let path: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private var place = IndexContents.headerSize
    private var start = IndexContents.headerSize

    /// Makes the file, closed to other users.
    init(_ path: String) throws(IndexFileError) {
        self.path = path
        file = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.last(path, "make") }
        buffer.reserveCapacity(Self.room + 4_096)
        buffer = [UInt8](repeating: 0, count: IndexContents.headerSize)
    }

    deinit { if file >= 0 { close(file) } }

    /// Begins a section.
    func begin() {
        let rest = place % IndexContents.alignment
        if rest > 0 {
            buffer += [UInt8](repeating: 0, count: IndexContents.alignment - rest)
            place += IndexContents.alignment - rest
        }
        start = place
    }

    /// Adds numbers to the section.
    func append<Number: BitwiseCopyable>(_ numbers: [Number]) throws(IndexFileError) {
        unsafe numbers.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        place += numbers.count * MemoryLayout<Number>.stride
        if buffer.count >= Self.room { try flush() }
    }

    /// Ends the section.
    func end() throws(IndexFileError) -> IndexContents.Section {
        IndexContents.Section(place: start, size: place - start)
    }

    /// A section of some numbers.
    func section<Number: BitwiseCopyable>(
        _ numbers: [Number]
    ) throws(IndexFileError) -> IndexContents.Section {
        begin()
        try append(numbers)
        return try end()
    }

    /// Adds the description, writes the beginning, and gives the file its name once all of it is
    /// on the disk.
    func finish(_ description: [UInt8], as name: String) throws(IndexFileError) {
        let described = try section(description)
        try flush()
        // Read back as it lies there, from the kernel's pages.
        guard let written = MappedFile(path: path), written.count == place else {
            throw IndexFileError(path: path, reason: "it is not what was written")
        }
        var header = IndexContents.magic
        Self.add(UInt64(IndexContents.version), to: &header)
        Self.add(UInt64(place), to: &header)
        Self.add(UInt64(described.place), to: &header)
        Self.add(UInt64(described.size), to: &header)
        header += written.digest(of: IndexContents.headerSize..<place)
        header += SHA256.digest(header)
        let done = unsafe header.withUnsafeBytes { bytes in
            unsafe pwrite(file, bytes.baseAddress, bytes.count, 0)
        }
        guard done == header.count, fsync(file) == 0 else { throw Self.last(path, "write") }
        guard unsafe rename(path, name) == 0 else { throw Self.last(path, "rename") }
        try Self.sync(name.split(separator: "/").dropLast().joined(separator: "/"), of: name)
    }

    private static func add(_ number: UInt64, to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: number) { unsafe bytes.append(contentsOf: $0) }
    }

    private func flush() throws(IndexFileError) {
        var done = 0
        while done < buffer.count {
            let count = unsafe buffer.withUnsafeBytes { bytes in
                unsafe write(file, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.last(path, "write") }
            done += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Sees to it that a name survives a loss of power.
    static func sync(_ folder: String, of name: String) throws(IndexFileError) {
        let path = (name.hasPrefix("/") ? "/" : "") + (folder.isEmpty ? "." : folder)
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw last(path, "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw last(path, "sync") }
    }

    static func last(_ path: String, _ operation: String) -> IndexFileError {
        let words = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        return IndexFileError(path: path, reason: "cannot \(operation) it: \(words)")
    }
}

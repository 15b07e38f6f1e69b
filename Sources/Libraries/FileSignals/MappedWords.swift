import CLinux
import Glibc

/// A file of 64-bit words in memory, for one process at a time: what is stored outlives the
/// process, however that ends (not the machine), and costs no system call.
@safe
package final class MappedWords: @unchecked Sendable {
    // Unchecked: every access is one atomic word.
    private let words: UnsafeMutablePointer<UInt64>
    private let file: FileHandle
    /// How many words there are.
    package let count: Int

    /// Maps a file of so many words, made of zeros if it is missing, and takes it for this
    /// process; `nil` if another process has it and does not end within a second.
    ///
    /// The lock of a process that has just ended can outlast it for a moment: while somebody looks
    /// at its memory in `/proc`, or in a child between its fork and its program.
    ///
    /// - Throws: `FileError` with the path.
    package init?(path: String, count: Int) throws(FileError) {
        let file = try FileHandle(path: path)
        guard file.lock(within: .seconds(1)) else { return nil }
        let bytes = count * MemoryLayout<UInt64>.size
        // With its room on the disk: a store into a hole of a full disk would end the process.
        let code = posix_fallocate(file.descriptor, 0, off_t(bytes))
        guard code == 0 else { throw FileError(code: code, operation: "make room in", path: path) }
        let mapped = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0)
        guard let start = unsafe mapped, unsafe start != MAP_FAILED else {
            throw FileError(code: errno, operation: "map", path: path)
        }
        unsafe words = start.assumingMemoryBound(to: UInt64.self)
        self.file = file
        self.count = count
    }

    deinit {
        _ = unsafe munmap(words, count * MemoryLayout<UInt64>.size)
    }

    /// A word.
    package func load(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "the word lies within the file")
        return unsafe linux_load(words, index)
    }

    /// Sets a word.
    package func store(_ value: UInt64, at index: Int) {
        precondition(index >= 0 && index < count, "the word lies within the file")
        unsafe linux_store(words, index, value)
    }

    /// From now on a crash of this process is noted in the words at `index` (the signal's number,
    /// 255 if another process sent it) and `index + 1` (the thread, as ``currentThread`` says).
    ///
    /// The mapping then stays for the life of the process. The last file to be told is the one.
    package func noteCrashes(at index: Int) {
        precondition(index >= 0 && index + 1 < count, "the words lie within the file")
        _ = unsafe Unmanaged.passRetained(self)
        unsafe linux_note_crashes(words + index)
    }

    /// The calling thread, as a number that is not 0.
    package var currentThread: UInt64 { linux_thread() }
}

import FoundationEssentials
import Glibc
import OperationEndpoints

/// The end of what a process wrote into its file, read in bounded parts.
enum ProcessLogFile {
    /// Bytes that are read at once.
    private static let most = 256 << 10
    /// Characters of a line that are shown.
    private static let longest = 4_000

    /// The last lines, or those after an offset; `nil` where there is no such file.
    static func read(_ path: String, after: Int?, lines wanted: Int) -> ProcessLog? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = Glibc.stat()
        guard unsafe fstat(file, &status) == 0 else { return nil }
        let size = Int(status.st_size)
        // A smaller file is another one: it was set aside, and begun anew.
        let known = after.flatMap { $0 <= size ? $0 : 0 }
        let start = max(known ?? 0, size - most)
        var bytes = [UInt8](repeating: 0, count: size - start)
        let count = unsafe pread(file, &bytes, bytes.count, off_t(start))
        guard count >= 0 else { return nil }
        bytes.removeLast(bytes.count - count)
        // A line that is still being written is read the next time.
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            return ProcessLog(lines: [], next: start, isCut: false)
        }
        var rows = bytes[..<end].split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        // It begins within a line, unless that is where somebody stopped.
        let isWithin = start > (known ?? 0)
        if isWithin, !rows.isEmpty { rows.removeFirst() }
        let shown = rows.suffix(wanted)
        return ProcessLog(
            lines: shown.map { line in
                String(String(decoding: line, as: UTF8.self).prefix(longest))
            }, next: start + end + 1,
            isCut: shown.count < rows.count || isWithin || (known == nil && start > 0))
    }
}

import FoundationEssentials
import Glibc

/// The file that keeps the registered businesses; only its owner may read it, for it holds
/// tokens, be they made up.
struct BusinessFile: Sendable {
    let path: String

    init(directory: String) { path = "\(directory)/businesses.json" }

    /// The businesses, none if there is no file.
    func read() throws(SimulatorError) -> [SimulatedBusiness] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            return try JSONDecoder().decode([SimulatedBusiness].self, from: data)
        } catch {
            throw .file(path: path, reason: "it cannot be read: \(error)")
        }
    }

    /// Replaces the file's businesses at once.
    func write(_ businesses: [SimulatedBusiness]) throws(SimulatorError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try encoder.encode(businesses))
        } catch {
            throw .file(path: path, reason: "its contents cannot be written as JSON: \(error)")
        }
        let temporary = "\(path).new"
        _ = unsafe unlink(temporary)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = unsafe Glibc.open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw failure("open") }
        let written = unsafe Glibc.write(descriptor, bytes, bytes.count)
        let isSafe = written == bytes.count && fsync(descriptor) == 0
        _ = Glibc.close(descriptor)
        guard isSafe, unsafe rename(temporary, path) == 0 else { throw failure("write") }
    }

    private func failure(_ operation: String) -> SimulatorError {
        .file(
            path: path, reason: "cannot \(operation) it: \(unsafe String(cString: strerror(errno)))"
        )
    }
}

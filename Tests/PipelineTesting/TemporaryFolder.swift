import FoundationEssentials

/// A fresh folder that is removed with the value.
package final class TemporaryFolder: Sendable {
    /// The folder's path.
    package let path: String

    /// Makes the folder among the system's temporary files.
    ///
    /// - Throws: What the file system says.
    package init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "parley-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // A leftover in the system's temporary folder harms nothing.
        try? FileManager.default.removeItem(atPath: path)
        // Where it is a data folder, the keys folder lies beside it.
        try? FileManager.default.removeItem(atPath: path + ".keys")
    }
}

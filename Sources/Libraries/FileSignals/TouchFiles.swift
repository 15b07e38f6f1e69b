import Glibc

/// Small files in one folder that are touched to tell other processes that something happened.
///
/// Not `Sendable`: it belongs to one queue or thread, as its files are opened when first touched.
package final class TouchFiles {
    private let folder: String
    private var files: [String: FileHandle] = [:]

    /// Names the folder, which must exist when a file is touched.
    package init(folder: String) {
        self.folder = folder
    }

    /// Touches a file, making it if it is missing.
    ///
    /// A file that cannot be made or written is passed over: watchers also look by themselves
    /// from time to time, so a lost touch costs them that time and nothing else.
    package func touch(_ name: String) {
        if let file = files[name] { return file.touch() }
        // See above for why a refusal is passed over.
        guard let file = try? FileHandle(path: "\(folder)/\(name)") else { return }
        files[name] = file
        file.touch()
    }

    /// Makes the folder if it is missing.
    ///
    /// - Throws: `FileError` with the path.
    package static func makeFolder(_ path: String) throws(FileError) {
        guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw FileError(code: errno, operation: "make the folder", path: path)
    }
}

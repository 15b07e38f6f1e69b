import FoundationEssentials
import Glibc

/// A directory of one run's own, removed with everything in it when its owner goes.
struct ScratchDirectory: ~Copyable {
    /// The directory's path.
    let path: String

    /// Makes the directory (mode 0700) below `parent`, owned by `owner` if one is given.
    init(in parent: String, owner: UInt32?) throws(ToolError) {
        var template = (parent + "/parley-tool-XXXXXX").utf8CString
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe mkdtemp(base) != nil
        }
        guard made else {
            throw .notStarted(detail: "no scratch directory in \(parent), error \(errno)")
        }
        let bytes = template.dropLast().map { UInt8(bitPattern: $0) }
        let path = String(decoding: bytes, as: UTF8.self)
        if let owner, unsafe chown(path, owner, owner) != 0 {
            let code = errno
            unsafe rmdir(path)
            throw .notStarted(detail: "the scratch directory cannot be handed over, error \(code)")
        }
        // Last: a noncopyable value must not be half made when `init` throws.
        self.path = path
    }

    /// Writes a file that the child may read.
    func write(_ bytes: [UInt8], named name: String) throws(ToolError) {
        let file = path + "/" + name
        do {
            try Data(bytes).write(to: URL(filePath: file))
        } catch {
            throw .notStarted(detail: "the scratch file cannot be written: \(error)")
        }
        guard unsafe chmod(file, 0o644) == 0 else {
            throw .notStarted(detail: "the scratch file cannot be shared, error \(errno)")
        }
    }

    deinit {
        // Nothing is left to tell when the removal fails: the system cleans its temporary folder.
        try? FileManager.default.removeItem(atPath: path)
    }
}

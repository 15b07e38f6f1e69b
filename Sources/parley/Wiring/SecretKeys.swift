import Configuration
import Cryptography
import FoundationEssentials
import Lifecycle

/// The key ring, which seals secrets and table keys: from `PARLEY_SECRET_KEYS`, from what the
/// command `PARLEY_SECRET_KEYS_COMMAND` writes, else from the data folder's file.
enum SecretKeys {
    private static let text = "PARLEY_SECRET_KEYS"
    private static let command = "PARLEY_SECRET_KEYS_COMMAND"
    /// How long the command may take: it may ask a vault.
    private static let commandLimit = Duration.seconds(20)
    /// What it may write; more is no key ring.
    private static let mostBytes = 64 * 1024

    /// Opens the ring; a file is made on the first start.
    static func open(_ data: DataFolder) throws(KeyRingError) -> KeyRingStore {
        if let store = try outside() { return store }
        return try KeyRingStore(fileAt: data.keyFile)
    }

    /// Opens the ring where there is one, for those who only look.
    static func existing(_ data: DataFolder) throws(KeyRingError) -> KeyRingStore {
        if let store = try outside() { return store }
        guard FileManager.default.fileExists(atPath: data.keyFile) else {
            throw .file(path: data.keyFile, operation: "read", reason: "there is none")
        }
        return try KeyRingStore(fileAt: data.keyFile)
    }

    private static func outside() throws(KeyRingError) -> KeyRingStore? {
        let environment = ProcessInfo.processInfo.environment
        switch (environment[text], environment[command]) {
        case (nil, nil): return nil
        case (let text?, nil):
            return KeyRingStore(try KeyRing(text: text, source: "$\(Self.text)"))
        case (nil, let line?):
            return try KeyRingStore { () throws(KeyRingError) in try ring(from: line) }
        case (_?, _?):
            throw .command(reason: "is set, and so is $\(text): leave one of them out")
        }
    }

    private static func ring(from line: String) throws(KeyRingError) -> KeyRing {
        let written: [UInt8]
        do throws(ShellCommandError) {
            written = try ShellCommand.output(
                of: line, within: commandLimit, atMost: mostBytes)
        } catch {
            throw .command(reason: error.description)
        }
        return try KeyRing(
            text: String(decoding: written, as: UTF8.self), source: "what $\(command) writes")
    }
}

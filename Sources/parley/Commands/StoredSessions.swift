import Configuration
import Conversation
import Cryptography
import FoundationEssentials

/// The sessions of the person at this terminal, by the console's URL, in a file that only they
/// read.
enum StoredSessions {
    private static var file: String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_CONFIG_HOME"] ?? (environment["HOME"] ?? "") + "/.config"
        return base + "/parley/sessions.json"
    }

    /// The token for a console; `nil` where nobody signed in there from here.
    static func token(for console: String) throws(ConfigurationError) -> String? {
        try all()[console]
    }

    /// Keeps a token for a console, or forgets it.
    static func keep(_ token: String?, for console: String) throws {
        var sessions = try all()
        sessions[console] = token
        let folder = String(file.dropLast("/sessions.json".count))
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let text = String(decoding: try RecordCodec.encode(sessions), as: UTF8.self)
        try SecretFile(path: file).replace(with: text)
    }

    private static func all() throws(ConfigurationError) -> [String: String] {
        do {
            guard let text = try SecretFile(path: file).read(), !text.isEmpty else { return [:] }
            return try RecordCodec.decode([String: String].self, from: Array(text.utf8))
        } catch {
            throw ConfigurationError(file, "the sessions cannot be read: \(error)")
        }
    }
}

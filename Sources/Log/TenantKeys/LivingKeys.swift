import Conversation
import Cryptography

/// The snapshot of all living keys, wrapped by the newest table key: an older copy of the data
/// holds them wrapped by table keys that are gone, and is opened with these.
enum LivingKeys {
    /// Reads the snapshot by id; none where it cannot be read: then the log's own are all there is.
    static func read(_ folder: KeysFolder) -> [KeyID: KeyRecord] {
        // Whoever cannot read it goes by the log alone, and is told what that does not open.
        guard let text = try? SecretFile(path: folder.livingKeysFile).read() else { return [:] }
        var keys: [KeyID: KeyRecord] = [:]
        for line in text.split(separator: "\n") {
            // A line that is none opens nothing.
            guard let record = try? RecordCodec.decode(KeyRecord.self, from: Array(line.utf8))
            else { continue }
            keys[record.id] = record
        }
        return keys
    }

    /// Makes these keys the snapshot's, if they are not.
    static func write(_ records: [KeyRecord], to folder: KeysFolder) throws(KeyProblem) {
        var text = ""
        do throws(RecordError) {
            for record in records.sorted(by: { $0.key < $1.key }) {
                text += String(decoding: try RecordCodec.encode(record), as: UTF8.self) + "\n"
            }
        } catch {
            throw .folder(path: folder.livingKeysFile, reason: error.description)
        }
        let file = SecretFile(path: folder.livingKeysFile)
        // Equal texts need no writing; what cannot be read is written anew.
        if (try? file.read()) == text { return }
        try folder.replace(folder.livingKeysFile, with: text)
    }
}

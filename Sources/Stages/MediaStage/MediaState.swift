package import Conversation
import StageRuntime

/// What the media stage remembers of a key: of a conversation the media that wait to be fetched
/// again, of a file how long it is kept.
package struct MediaState: StageState {
    /// A medium that could not be fetched yet.
    package struct Waiting: Hashable, Sendable, Codable {
        /// The medium, with its message.
        var request: MediumRequest
        /// The message that it all began with.
        var correlation: RecordID
        /// When it is tried again.
        var due: Timestamp
        /// How long it waited last, in seconds.
        var wait: Int
    }

    /// The SHA-256 of a file's bytes; `nil` where there is no file.
    package var sha256: String?
    /// When the file was last sent or received.
    package var lastUsed: Timestamp?
    /// Until when it is kept besides, as it is a part of a file that is being put in.
    package var until: Timestamp?
    /// Media of the conversation that wait; `nil` for none.
    package var waiting: [Waiting]?

    /// Nothing.
    package init() {}

    /// Takes a medium out of those that wait.
    mutating func take(_ inbound: RecordID) -> Waiting? {
        guard let index = waiting?.firstIndex(where: { $0.request.inbound == inbound }) else {
            return nil
        }
        let taken = waiting?.remove(at: index)
        if waiting?.isEmpty == true { waiting = nil }
        return taken
    }
}

/// What the media stage wants to know of a tenant.
package struct MediaSettings: SettingsPart {
    /// How many days messages are kept.
    package var keptDays: Int?

    /// A tenant that is not known.
    package init() {}

    /// Describes a tenant.
    package init(keptDays: Int) { self.keptDays = keptDays }
}

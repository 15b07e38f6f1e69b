import Conversation
import JSON
import Views
import WebSocket

/// What a page says over the live socket: one JSON object a message, told apart by `type`.
///
/// `hello` comes first, with a one-use token where no cookie says who it is, the version of the
/// protocol, the rooms that the page listens to, and the cursor of the last change that it has
/// seen. `subscribe` and `unsubscribe` add and end rooms; `ping` is answered.
struct LiveRequest: Decodable, Sendable {
    var type: String
    var token: String?
    var version: Int?
    var cursor: String?
    var rooms: [LiveInterest]?
    var cmdId: String?
    var room: String?
    var tenant: TenantID?

    private enum CodingKeys: String, CodingKey {
        case type, token, cursor, rooms, cmdId, room, tenant
        case version = "protocol"
    }

    /// The version of the protocol that is spoken here.
    static let version = 1
    /// Characters of a command's id.
    private static let idBytes = 64
    /// Bytes of a room's or tenant's name; what is longer is no name.
    private static let nameBytes = 128

    /// Whether all names are of a length that names can have.
    var isBounded: Bool {
        let interests = (rooms ?? []) + (room.map { [LiveInterest($0, of: tenant)] } ?? [])
        return (cmdId?.utf8.count ?? 0) <= Self.idBytes && (cursor?.utf8.count ?? 0) <= 64
            && interests.allSatisfy {
                $0.room.utf8.count <= Self.nameBytes
                    && ($0.tenant?.rawValue.utf8.count ?? 0) <= Self.nameBytes
            }
    }
}

/// What the console says over the live socket.
enum LiveMessage: Sendable {
    /// The socket is open; these rooms are not among what it tells.
    case welcome(LiveCursor, at: Timestamp, refused: [(LiveInterest, code: String)])
    /// Read anew what is shown, then go on from the cursor.
    case reset(LiveCursor)
    /// Changes in their order, and where the reader stands after them.
    case changes([RowChanged], LiveCursor)
    /// A command was done; what changes after the cursor is told.
    case accepted(String, LiveCursor)
    /// A command was refused.
    case refused(String?, code: String, detail: String)
    /// A room is told of no more.
    case closed(LiveInterest, code: String)
    /// The line lives, and all before the cursor was told.
    case pong(LiveCursor)
    /// The socket is about to be closed; come back after so many seconds.
    case goodbye(code: String, retryAfter: Int)

    /// Its JSON.
    var json: JSONValue {
        switch self {
        case .welcome(let cursor, let now, let refused):
            var members: [String: JSONValue] = [
                "type": "welcome", "cursor": .string(cursor.text), "features": ["ping", "rooms"],
                "serverTime": .integer(Int(now.milliseconds)),
            ]
            if !refused.isEmpty {
                members["refused"] = .array(
                    refused.map { interest, code in
                        .object(Self.members(interest).merging(["code": .string(code)]) { $1 })
                    })
            }
            return .object(members)
        case .reset(let cursor): return ["type": "reset", "cursor": .string(cursor.text)]
        case .changes(let changes, let cursor):
            return [
                "type": "changes", "cursor": .string(cursor.text),
                "events": .array(changes.map(\.event)),
            ]
        case .accepted(let id, let cursor):
            return ["type": "accepted", "cmdId": .string(id), "cursor": .string(cursor.text)]
        case .refused(let id, let code, let detail):
            var members: [String: JSONValue] = [
                "type": "refused", "code": .string(code), "detail": .string(detail),
            ]
            if let id { members["cmdId"] = .string(id) }
            return .object(members)
        case .closed(let interest, let code):
            return .object(
                Self.members(interest).merging(["type": "closed", "code": .string(code)]) { $1 })
        case .pong(let cursor): return ["type": "pong", "cursor": .string(cursor.text)]
        case .goodbye(let code, let seconds):
            return [
                "type": "goodbye", "code": .string(code), "retryAfter": .integer(seconds),
            ]
        }
    }

    private static func members(_ interest: LiveInterest) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["room": .string(interest.room)]
        if let tenant = interest.tenant { members["tenant"] = .string(tenant.rawValue) }
        return members
    }

    /// The message on the wire.
    var message: WebSocketMessage { .text(Self.text(json)) }

    /// JSON without a number that is not finite, as text.
    private static func text(_ json: JSONValue) -> String {
        // Whole numbers and texts can always be written.
        String(decoding: (try? RecordCodec.encode(json)) ?? [], as: UTF8.self)
    }

    /// Changes as messages, none of them longer than the bounds say.
    static func frames(
        _ events: [LiveFeed.Event], _ cursor: (Int64) -> LiveCursor, _ limits: LiveLimits
    ) -> [LiveMessage] {
        var frames: [LiveMessage] = []
        var gathered: [RowChanged] = []
        var bytes = 0
        var last: Int64 = 0
        func end() {
            if !gathered.isEmpty { frames.append(.changes(gathered, cursor(last))) }
            gathered = []
            bytes = 0
        }
        for event in events {
            var change = event.change
            let size = text(change.event).utf8.count
            // What is too large is read anew, as what comes without its content.
            if size > limits.mostFrameBytes - 1024 { change.json = nil }
            if bytes + size > limits.usualFrameBytes { end() }
            gathered.append(change)
            bytes += size
            last = event.number
        }
        end()
        return frames
    }
}

extension RowChanged {
    /// As pages hear it.
    fileprivate var event: JSONValue {
        var members: [String: JSONValue] = [
            "room": .string(room), "id": .string(id), "kind": .string(kind.rawValue),
        ]
        if case .tenant(let tenant) = place { members["tenant"] = .string(tenant.rawValue) }
        if let version { members["version"] = .integer(Int(version)) }
        // A view writes what is JSON; what were none would be told without it.
        if let json, let data = try? RecordCodec.decode(JSONValue.self, from: Array(json.utf8)) {
            members["data"] = data
        }
        return .object(members)
    }
}

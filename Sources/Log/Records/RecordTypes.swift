package import Conversation

/// What a record's value is.
package enum RecordValue: Sendable {
    /// A value of a type that is known here.
    case payload(any Payload)
    /// A tombstone: the key's value is gone.
    case tombstone(key: String)
    /// A type that is not known here; it is kept and passed over.
    case unknown(type: String)
    /// Of a type that is known here, but the key of its personal words was destroyed: only its
    /// headers are left.
    case erased(type: String)
}

/// Two record types, or two topics, that could not be distinguished.
package struct RecordTypeClash: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence for people.
    package var description: String
}

/// A registry of record types: `ce_type` ↔ Swift type ↔ topic.
///
/// Each module has a list of its own; the program joins those of all, a stage names what it reads.
package struct RecordTypes: Sendable {
    private let types: [String: any Payload.Type]
    /// The topics of the types, by name.
    package let topics: [String: Topic]

    /// Joins the lists of modules.
    ///
    /// - Throws: ``RecordTypeClash`` if two types have one name, or one topic is declared in two
    ///   ways.
    package init(joining lists: [any Payload.Type]...) throws(RecordTypeClash) {
        let all = lists.flatMap(\.self)
        if let clash = Self.clash(among: all) { throw clash }
        self.init(all)
    }

    /// Takes the types of one module, or some of them.
    package init(_ list: [any Payload.Type]) {
        types = Dictionary(list.map { ($0.type, $0) }) { first, _ in first }
        topics = Dictionary(list.map { ($0.topic.rawValue, $0.topic) }) { first, _ in first }
    }

    /// The types of conversations alone, without those of capabilities.
    package static let conversation = RecordTypes(ConversationRecords.types)

    /// The first two types that cannot be distinguished.
    package static func clash(among list: [any Payload.Type]) -> RecordTypeClash? {
        var types: [String: any Payload.Type] = [:]
        var topics: [String: any Payload.Type] = [:]
        for type in list {
            if let other = types.updateValue(type, forKey: type.type) {
                return RecordTypeClash(
                    description: "\(other) and \(type) are both called \(type.type)")
            }
            let topic = type.topic
            if let other = topics.updateValue(type, forKey: topic.rawValue), other.topic != topic {
                return RecordTypeClash(
                    description: "\(other) and \(type) declare the topic \(topic.rawValue) in "
                        + "two ways")
            }
        }
        return nil
    }

    /// All types, in the order of their names.
    package var all: [any Payload.Type] {
        types.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The types whose records go to a topic, in the order of their names.
    package func types(in topic: Topic) -> [any Payload.Type] {
        all.filter { $0.topic == topic }
    }

    /// The type of a `ce_type`.
    package subscript(type type: String) -> (any Payload.Type)? { types[type] }

    /// Reads a record's value by its `ce_type`.
    ///
    /// - Throws: ``RecordError`` naming the type and the field that is wrong.
    package func read(
        _ type: String, key: @autoclosure () -> String, _ value: [UInt8]?
    ) throws(RecordError) -> RecordValue {
        guard let value else { return .tombstone(key: key()) }
        guard let payload = types[type] else { return .unknown(type: type) }
        return .payload(try payload.read(value))
    }
}

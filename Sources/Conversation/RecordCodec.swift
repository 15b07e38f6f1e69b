import JSON

/// A record whose value is not what its type says.
package struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Kind: Hashable, Sendable {
        /// It is not what its type says, or cannot be written as that.
        case broken
        /// The key of its personal words was destroyed: they are gone for good, as was wished.
        case erased
        /// The tenant has no key yet that could seal it, or one that nobody here has heard of.
        case keyUnknown
    }

    /// The `ce_type`.
    package var type: String
    /// What is wrong, and at which field; never what stands there.
    package var problem: String
    /// What kind of trouble it is.
    package var kind: Kind

    /// Describes a broken record.
    package init(type: String, problem: String, kind: Kind = .broken) {
        self.type = type
        self.problem = problem
        self.kind = kind
    }

    /// A sentence for people.
    package var description: String {
        switch kind {
        case .broken: "a record of type \(type) is broken: \(problem)"
        case .erased: "what a record of type \(type) said is erased"
        case .keyUnknown: "a record of type \(type) has no key here: \(problem)"
        }
    }
}

/// JSON of published types: keys sorted, so that the same value has the same bytes.
package enum RecordCodec {
    /// The JSON of a value.
    ///
    /// - Throws: ``RecordError`` if a number in it is not finite.
    package static func encode<Value: Encodable>(_ value: Value) throws(RecordError) -> [UInt8] {
        do {
            return try JSONEncoding.bytes(of: value)
        } catch {
            throw RecordError(type: "\(Value.self)", problem: "it cannot be written: \(error)")
        }
    }

    /// The value of some JSON; unknown fields are passed over.
    ///
    /// - Throws: ``RecordError`` naming the field.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(RecordError) -> Value {
        do {
            return try JSONDecoding.value(type, from: bytes)
        } catch let error as DecodingError {
            throw RecordError(type: "\(Value.self)", problem: sentence(error))
        } catch {
            throw RecordError(type: "\(Value.self)", problem: "\(error)")
        }
    }

    /// Says where a value is wrong, never what it holds: it may be personal.
    private static func sentence(_ error: DecodingError) -> String {
        func position(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context):
            "the field \(key.stringValue) is missing at '\(position(context))'"
        case .typeMismatch(let type, let context):
            "the field '\(position(context))' is not a \(type)"
        case .valueNotFound(let type, let context):
            "the field '\(position(context))' is null and should be a \(type)"
        case .dataCorrupted(let context): "the value at '\(position(context))' is not valid"
        @unknown default: "the value cannot be read"
        }
    }
}

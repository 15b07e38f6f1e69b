import Conversation
package import HTTPServer
package import JSON

/// What an answer's body is.
package enum AnswerMedia: Sendable {
    /// There is none.
    case none
    /// JSON of a type.
    case json(JSONSchema)
    /// Lines, each of them JSON of a type.
    case lines(JSONSchema)
    /// The connection goes on in another protocol.
    case upgrade
    /// Something else, of this media type.
    case other(String)
}

/// A type that an endpoint answers with.
package protocol EndpointAnswer: Sendable {
    /// What the body is.
    static var media: AnswerMedia { get }
    /// The answer as a response.
    func response() throws -> HTTPResponse
}

/// An answer of JSON.
package struct Reply<Value: Described & Encodable>: EndpointAnswer {
    package static var media: AnswerMedia { .json(Value.schema) }
    /// The status.
    package var status: Int
    /// The value.
    package var value: Value

    /// Answers with a value.
    package init(_ value: Value, status: Int = 200) {
        self.status = status
        self.value = value
    }

    /// JSON that no browser or proxy keeps.
    package func response() throws -> HTTPResponse {
        .json(
            status: status, try RecordCodec.encode(value),
            headers: [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
    }
}

/// An answer whose response somebody else made: JSON of a type, or a problem.
package struct Prepared<Value: Described>: EndpointAnswer {
    package static var media: AnswerMedia { .json(Value.schema) }
    private let prepared: HTTPResponse

    /// Answers with a response.
    package init(_ response: HTTPResponse) { prepared = response }

    /// The response.
    package func response() -> HTTPResponse { prepared }
}

/// An answer of many values, each of them JSON on a line of its own, made while it is sent.
package struct Lines<Value: Described & Encodable>: EndpointAnswer {
    package static var media: AnswerMedia { .lines(Value.schema) }
    /// Takes the next values; waits while whoever asked reads too slowly.
    package typealias Take = @Sendable ([Value]) async throws -> Void
    private let produce: @Sendable (Take) async throws -> Void

    /// Answers with what `produce` gives, until it returns.
    package init(_ produce: @escaping @Sendable (Take) async throws -> Void) {
        self.produce = produce
    }

    /// A stream that no browser or proxy keeps.
    package func response() -> HTTPResponse {
        .stream(headers: [
            ("Content-Type", "application/x-ndjson"), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]) { [produce] writer in
            try await produce { values in
                var lines: [UInt8] = []
                for value in values {
                    lines += try RecordCodec.encode(value)
                    lines.append(UInt8(ascii: "\n"))
                }
                try await writer.write(lines)
            }
        }
    }
}

/// An answer without a body.
package struct NoContent: EndpointAnswer {
    package static let media = AnswerMedia.none

    /// Answers with nothing.
    package init() {}

    /// 204.
    package func response() throws -> HTTPResponse {
        HTTPResponse(status: 204, headers: [("Cache-Control", "no-store")])
    }
}

/// An answer that takes the connection over.
package struct Upgrade: EndpointAnswer {
    package static let media = AnswerMedia.upgrade
    private let upgrade: HTTPResponse

    /// Answers with a response that upgrades, or refuses to.
    package init(_ response: HTTPResponse) { upgrade = response }

    /// The response.
    package func response() throws -> HTTPResponse { upgrade }
}

package import Conversation
package import HTTPServer
package import JSON

/// One request of an endpoint, with everything in its type: what a handler is given.
package struct Call<Scope: Sendable, Parameters: Sendable, Body: Sendable>: Sendable {
    /// Who asks.
    package let principal: Principal
    /// Where it may look and act: a ``TenantScope``, an ``InstallationScope`` or ``Anywhere``.
    package let scope: Scope
    /// What stands in path and query, besides the tenant.
    package let parameters: Parameters
    /// The body.
    package let body: Body
    /// The request itself, for what has no type: an upgrade, a condition.
    package let request: HTTPRequest
    /// What the edge knows of the request: its name, and where it came from.
    let arrival: Arrival

    /// The request's own name: the same one again where the same act is asked for again, so that a
    /// command that bears it is not done twice.
    package var reference: String { arrival.reference }
    /// When the same act was first begun, where nobody knows what became of it.
    package var begunBefore: Timestamp? { arrival.begunBefore }
    /// The address that the request came from, as far as proxies are trusted; never what a header
    /// line alone says.
    package var client: String { arrival.client ?? request.remoteAddress }
}

/// The scope of endpoints that anyone may ask: nobody's data.
package struct Anywhere: Hashable, Sendable {}

/// The parameters of an endpoint that has none.
package struct NoParameters: Described, Decodable, Hashable {
    package static let schema = JSONSchema.object([])
}

/// What a body is.
package enum BodyMedia: Sendable {
    /// There is none.
    case none
    /// JSON of a type.
    case json(JSONSchema)
    /// Any bytes.
    case bytes
}

/// A type that a body is read as.
package protocol EndpointBody: Sendable {
    /// What the body is.
    static var media: BodyMedia { get }
    /// Reads it.
    static func read(_ request: HTTPRequest) throws(Problem) -> Self
}

/// The body of an endpoint that takes none.
package struct NoBody: EndpointBody {
    package static let media = BodyMedia.none

    /// Takes no notice of what was sent.
    package static func read(_ request: HTTPRequest) throws(Problem) -> NoBody { NoBody() }
}

/// A body of any bytes.
package struct RawBody: EndpointBody {
    package static let media = BodyMedia.bytes
    /// The bytes.
    package let bytes: [UInt8]

    /// Takes the bytes as they came.
    package static func read(_ request: HTTPRequest) throws(Problem) -> RawBody {
        RawBody(bytes: request.body)
    }
}

/// A body of JSON, checked against its type's schema.
package struct JSONBody<Value: Described & Decodable>: EndpointBody {
    package static var media: BodyMedia { .json(Value.schema) }
    /// The value.
    package let value: Value

    /// Checks and reads the JSON.
    package static func read(_ request: HTTPRequest) throws(Problem) -> JSONBody<Value> {
        let type = request.headers.first(named: "Content-Type")?.lowercased() ?? ""
        guard type.prefix(while: { $0 != ";" && $0 != " " }) == "application/json" else {
            throw Problem(.unsupportedMedia, "send JSON, with Content-Type: application/json")
        }
        let json: JSONValue
        do throws(RecordError) {
            json = try RecordCodec.decode(JSONValue.self, from: request.body)
        } catch {
            throw Problem(.invalidRequest, "the body is not JSON")
        }
        let findings = Value.schema.findings(in: json)
        guard findings.isEmpty else {
            throw Problem.invalid(
                findings.map { .init(.pointer($0.pointer), $0.code, $0.detail) })
        }
        do throws(RecordError) {
            return JSONBody(value: try RecordCodec.decode(Value.self, from: request.body))
        } catch {
            throw Problem(.invalidRequest, error.problem)
        }
    }
}

extension Problem.Kind {
    /// What was sent is not what the endpoint takes; `errors` tell the parts.
    package static let invalidRequest = Self(400, "invalid_request")
    /// The body is of another media type.
    package static let unsupportedMedia = Self(415, "unsupported_media_type")
    /// Path and query are longer than any request's may be.
    package static let targetTooLong = Self(414, "invalid_request")
    /// The body is larger than it may be.
    package static let tooLarge = Self(413, "too_large")
    /// Nobody foresaw it.
    package static let unexpected = Self(500, "internal")
}

extension Problem {
    /// That parts of what was sent are wrong.
    package static func invalid(_ parts: [Part]) -> Problem {
        Problem(
            .invalidRequest, parts.map(\.detail).joined(separator: "; "), parts: parts)
    }

    /// That a field of the body is wrong.
    package static func invalid(_ pointer: String, _ detail: String) -> Problem {
        .invalid([Part(.pointer(pointer), "invalid", detail)])
    }

    /// That a part of the path or query is wrong.
    package static func invalid(parameter: String, _ detail: String) -> Problem {
        .invalid([Part(.parameter(parameter), "invalid", detail)])
    }
}

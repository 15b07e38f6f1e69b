/// Why a request gets no answer of the kind it wants: an error that the caller should see.
///
/// Every error of every server of ours is this, as `application/problem+json` (RFC 9457).
package struct Problem: Error, Hashable, Sendable {
    /// One kind of problem: what programs decide by.
    package struct Kind: Hashable, Sendable {
        /// The status, 4xx or 5xx.
        package let status: Int
        /// A stable word for programs, in snake case.
        package let code: String

        /// A kind by its status and code.
        package init(_ status: Int, _ code: String) {
            self.status = status
            self.code = code
        }
    }

    /// What is wrong with one part of what was sent.
    package struct Part: Hashable, Sendable {
        /// Where a wrong part stands.
        package enum Location: Hashable, Sendable {
            /// In the body, by its JSON pointer (RFC 6901).
            case pointer(String)
            /// In the path or the query, by its name.
            case parameter(String)
        }

        /// Where it stands.
        package var location: Location
        /// A stable word for programs, in snake case.
        package var code: String
        /// A sentence for people.
        package var detail: String

        /// Describes a wrong part.
        package init(_ location: Location, _ code: String, _ detail: String) {
            self.location = location
            self.code = code
            self.detail = detail
        }
    }

    /// What kind of problem it is.
    package var kind: Kind
    /// A sentence for people about this occurrence.
    package var detail: String
    /// The wrong parts of what was sent.
    package var parts: [Part]

    /// A problem of a kind.
    package init(_ kind: Kind, _ detail: String, parts: [Part] = []) {
        self.kind = kind
        self.detail = detail
        self.parts = parts
    }

    /// A problem by its status and code.
    package init(_ status: Int, _ code: String, _ detail: String) {
        self.init(Kind(status, code), detail)
    }

    /// The media type of a problem's JSON.
    package static let mediaType = "application/problem+json"

    /// The response that tells it.
    package var response: HTTPResponse { response(headers: []) }

    /// The response that tells it, with further header lines.
    package func response(headers: [(name: String, value: String)]) -> HTTPResponse {
        HTTPResponse(
            status: kind.status,
            headers: [("Content-Type", Self.mediaType), ("Cache-Control", "no-store")] + headers,
            body: Array((json + "\n").utf8))
    }

    private var json: String {
        let quoted = HTTPResponse.jsonString
        var text =
            "{\"type\":\(quoted("urn:parley:problem:\(kind.code)"))"
            + ",\"title\":\(quoted(ResponseSerializer.reason(kind.status)))"
            + ",\"status\":\(kind.status),\"detail\":\(quoted(detail))"
            + ",\"code\":\(quoted(kind.code))"
        if !parts.isEmpty {
            let list = parts.map { part -> String in
                let location =
                    switch part.location {
                    case .pointer(let pointer): "\"pointer\":\(quoted(pointer))"
                    case .parameter(let name): "\"parameter\":\(quoted(name))"
                    }
                return
                    "{\(location),\"code\":\(quoted(part.code)),\"detail\":\(quoted(part.detail))}"
            }
            text += ",\"errors\":[\(list.joined(separator: ","))]"
        }
        return text + "}"
    }
}

import Conversation
package import HTTPServer
import JSON

/// An answer of JSON that has a version: whoever changes it says, by `If-Match`, which version they
/// have seen.
package struct Versioned<Value: Described & Encodable>: EndpointAnswer {
    package static var media: AnswerMedia { .json(Value.schema) }
    private let value: Value
    private let version: Int

    /// Answers with a value of that version.
    package init(_ value: Value, version: Int) {
        self.value = value
        self.version = version
    }

    /// JSON with the version as its ETag, which no proxy may weaken by packing the body.
    package func response() throws -> HTTPResponse {
        .json(
            try RecordCodec.encode(value),
            headers: [
                ("ETag", "\"\(version)\""), ("Cache-Control", "no-store, no-transform"),
                ("X-Content-Type-Options", "nosniff"),
            ])
    }
}

extension HTTPRequest {
    /// The version that whoever asks has seen, from `If-Match` (RFC 9110, 13.1.1).
    ///
    /// - Throws: `no_version` where it is not said; `other_version` for what is no version of ours,
    ///   as a weak tag is none.
    package func expectedVersion() throws(Problem) -> Int {
        let lines = headers.all(named: "If-Match")
        guard let line = lines.first, lines.count == 1 else {
            throw Problem(
                .noVersion,
                "say which version you have seen, as `If-Match: \"3\"`, with what the ETag said")
        }
        guard line.hasPrefix("\""), line.hasSuffix("\""), line.utf8.count > 2,
            let version = Int(line.dropFirst().dropLast())
        else {
            throw Problem(.otherVersion, "somebody else changed it meanwhile: load it again")
        }
        return version
    }
}

extension Problem.Kind {
    /// It was not said which version is changed (RFC 6585, 3).
    package static let noVersion = Self(428, "no_version")
    /// Another version is current.
    package static let otherVersion = Self(412, "other_version")
}

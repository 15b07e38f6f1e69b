/// A response; the server adds `Content-Length`, `Date` and `Connection`.
package struct HTTPResponse: Sendable {
    /// The status code, 200 to 599; 101 is made by `upgrade` only.
    package var status: Int
    /// Header lines in order; line breaks and NUL in them are sent as spaces.
    package var headers: [(name: String, value: String)]
    /// The body; not sent for HEAD, 204 and 304.
    package var body: [UInt8]
    /// What takes the connection over after this response, for `upgrade`.
    package private(set) var upgradeHandler: (any RawConnectionHandler)?
    /// What makes the body piece by piece, for `stream`.
    package private(set) var producer: BodyWriter.Producer?

    /// A response from its parts.
    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A plain text in UTF-8.
    package static func text(
        _ text: String, status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")] + headers,
            body: Array(text.utf8))
    }

    /// JSON that is already encoded.
    package static func json(
        status: Int = 200, _ bytes: [UInt8], headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/json")] + headers,
            body: bytes)
    }

    /// A response whose body is made piece by piece while it is sent; how long it is, nobody knows.
    ///
    /// `produce` is run once the header section is on its way, and never for HEAD. What it throws
    /// cuts the body off, so that no peer takes a part for the whole.
    package static func stream(
        status: Int = 200, headers: [(name: String, value: String)],
        _ produce: @escaping BodyWriter.Producer
    ) -> HTTPResponse {
        var response = HTTPResponse(status: status, headers: headers)
        response.producer = produce
        return response
    }

    /// 101: after it the connection's octets go to `handler` (RFC 9110, 7.8).
    package static func upgrade(
        headers: [(name: String, value: String)], to handler: any RawConnectionHandler
    ) -> HTTPResponse {
        var response = HTTPResponse(status: 101, headers: headers)
        response.upgradeHandler = handler
        return response
    }

    /// A JSON string literal (RFC 8259, 7).
    static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

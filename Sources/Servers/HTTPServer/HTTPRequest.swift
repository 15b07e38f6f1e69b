/// A complete request: the body is whole and within its limit.
package struct HTTPRequest: Sendable {
    /// The method.
    package let method: HTTPMethod
    /// The path, percent-decoded; an encoded slash is only told apart in `pathSegments`.
    package let path: String
    /// The header lines.
    package let headers: HTTPHeaders
    /// The body's bytes, as they came, without chunk framing.
    package let body: [UInt8]
    /// The numeric address of the peer of the connection; a proxy's, if one stands in front.
    package let remoteAddress: String
    /// The target as sent: path and query in origin-form, or `*`.
    let targetRange: Range<Int32>
    /// Whether the connection ends after the response (HTTP/1.0 or `Connection: close`).
    let wantsClose: Bool
    /// The minor version, 0 or 1.
    let minorVersion: Int

    /// Whether the request came in HTTP/1.1, not 1.0.
    package var isHTTP11: Bool { minorVersion == 1 }

    init(
        head: ParsedHead, body: [UInt8], remoteAddress: String
    ) {
        method = head.method
        path = head.path
        headers = head.headers
        self.body = body
        self.remoteAddress = remoteAddress
        targetRange = head.targetRange
        wantsClose = head.wantsClose
        minorVersion = head.minorVersion
    }

    /// A request made in the process, as tests do; `target` is in origin-form and valid.
    ///
    /// - Throws: `RequestRejection` if the target is no valid origin-form.
    package init(
        method: HTTPMethod, target: String, headers: [(String, String)] = [],
        body: [UInt8] = [], remoteAddress: String = "127.0.0.1"
    ) throws(RequestRejection) {
        var fields = HTTPHeaders(headers)
        let start = Int32(fields.bytes.count)
        fields.bytes.append(contentsOf: target.utf8)
        let range = start..<Int32(fields.bytes.count)
        path = try RequestTarget.path(Array(target.utf8).span)
        self.method = method
        self.headers = fields
        self.body = body
        self.remoteAddress = remoteAddress
        targetRange = range
        wantsClose = false
        minorVersion = 1
    }

    private var targetBytes: ArraySlice<UInt8> {
        headers.bytes[Int(targetRange.lowerBound)..<Int(targetRange.upperBound)]
    }

    /// The target as sent, in origin-form: path and query, not decoded.
    package var target: String { String(decoding: targetBytes, as: UTF8.self) }

    /// The path's segments between slashes, each percent-decoded: `/a/b%2Fc` gives `a`, `b/c`.
    package var pathSegments: [String] { RequestTarget.segments(targetBytes) }

    /// The query's items in order, decoded as forms are (`+` is a space).
    package var query: [QueryItem] { RequestTarget.query(targetBytes) }

    /// The value of the first query item of that name, or nil.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// One `name=value` of a query, decoded.
package struct QueryItem: Sendable, Equatable {
    /// The part before the first `=`.
    package let name: String
    /// The part after it, empty if there is none.
    package let value: String
}

import HTTPServer

/// A list that is given page by page, and where a page ends: by the last row's own place in the
/// list's order, so that what comes or goes meanwhile moves nothing.
struct ListPages<Row: Encodable> {
    /// The whole list, in its order.
    var rows: [Row]
    /// The cursor that stands for a row.
    var cursor: (Row) -> String
    /// Whether a row comes after the one that a cursor stands for, whether that is still there or
    /// not.
    var isAfter: (Row, String) -> Bool

    /// The page that a request asks for, with `limit` rows at most, `after` a cursor; it ends where
    /// its JSON would be too large.
    func page(
        for request: HTTPRequest
    ) throws(HTTPError) -> (rows: [Row], next: String?) {
        let limit = try request.queryNumber("limit", default: 500, in: 1...500)
        var rest = rows[...]
        if let after = request.queryValue("after") { rest = rest.drop { !isAfter($0, after) } }
        let page = rest.prefix(ofJSONBytes: FrameLimits.page, atMost: limit)
        return (page, page.count < rest.count ? page.last.map(cursor) : nil)
    }
}

import ConversationView
import Endpoints
import HTTPServer
package import JSON

/// Which page of a list is wanted.
package struct PageParameters: Described, Decodable, Hashable {
    /// Rows at most; most pages end sooner, by their size.
    package var limit: Int?
    /// What the page before gave as `next`.
    package var after: String?

    package static let schema = JSONSchema.object([
        .optional("limit", .integer("Rows of a page at most.", 1...mostRows, standard: mostRows)),
        .optional("after", .text("What the page before gave as next, as it is.", 1...2_000)),
    ])

    static let mostRows = 500

    /// The rows that a page may have.
    var rows: Int { limit ?? Self.mostRows }

    /// What a cursor that no page gave is told.
    static var badCursor: Problem {
        .invalid(parameter: "after", "after is what the page before gave as next, as it is")
    }
}

/// A list that is given page by page, and where a page ends: by the last row's own place in the
/// list's order, so that what comes or goes meanwhile moves nothing.
struct ListPages<Row: Encodable> {
    /// The whole list, in its order.
    var rows: [Row]
    /// The cursor that stands for a row.
    var cursor: (Row) -> String
    /// Whether a row comes after the one that a cursor stands for, whether that is still there or
    /// not; `nil` if it is no cursor.
    var isAfter: (Row, String) -> Bool?

    /// The page that is asked for; it ends where its JSON would be too large.
    func page(for wanted: PageParameters) throws(Problem) -> (rows: [Row], next: String?) {
        var rest = rows[...]
        if let after = wanted.after {
            while let first = rest.first {
                guard let isAfter = isAfter(first, after) else { throw PageParameters.badCursor }
                if isAfter { break }
                rest = rest.dropFirst()
            }
        }
        let page = rest.prefix(ofJSONBytes: FrameLimits.page, atMost: wanted.rows)
        return (page, page.count < rest.count ? page.last.map(cursor) : nil)
    }
}

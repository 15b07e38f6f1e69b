package import Conversation
import Cryptography
package import SQLite

/// Values that stand in one column of a view, as JSON.
package enum StoredJSON {
    /// The JSON; `nil` for nothing, and for what cannot be written, as no such value can.
    package static func text(_ value: (some Encodable)?) -> String? {
        guard let value, let bytes = try? RecordCodec.encode(value) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of a column; `nil` where there is none.
    package static func value<Value: Decodable>(
        _ type: Value.Type, _ row: Statement, _ column: Int32
    ) -> Value? {
        guard !row.isNull(column) else { return nil }
        // A file of another schema is never read, so that this is what `text` wrote.
        return try? RecordCodec.decode(type, from: Array(row.text(column).utf8))
    }
}

/// What tells the cursors of one list from those of others.
package enum ListMark {
    /// The mark of a tenant's list, to stand in its cursors: a cursor of another list is no
    /// danger, for every question names its tenant, but an answer to it would be wrong.
    package static func text(_ list: String, in tenant: TenantID) -> String {
        String(SHA256.hex("\(tenant.rawValue)\u{0}\(list)").prefix(10))
    }
}

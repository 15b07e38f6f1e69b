/// A time zone's rules as a value: which offset from Greenwich holds when.
///
/// It knows no clock, no file and no other zone, so that whoever decides by it decides the same
/// when the decision is repeated, whatever the system's data says by then. Instants are whole
/// seconds since 1970-01-01 UTC, without leap seconds; local times are the same of the wall's
/// clock, as if that were UTC.
package struct ZoneRules: Hashable, Sendable {
    /// A change of the offset.
    package struct Change: Hashable, Sendable, Codable {
        /// When.
        package var at: Int64
        /// Seconds east of Greenwich from then on.
        package var offset: Int

        /// Describes a change.
        package init(at: Int64, offset: Int) {
            self.at = at
            self.offset = offset
        }
    }

    /// Which instant a local time means that there is twice, as clocks are put back.
    package enum Edge: Hashable, Sendable {
        /// The first: for what begins.
        case first
        /// The last: for what ends.
        case last
    }

    /// Offsets that a file may hold (RFC 9636, 3.2).
    static let offsets = -89_999...93_599
    /// No change is nearer to a local time's instant than what all offsets span.
    private static let reach: Int64 = 2 * 86_400

    /// The zone's name, such as `Europe/Madrid`.
    package let name: String
    /// Which rules these are: the data's version, such as `2026b`, or a hash.
    package let version: String
    /// Seconds east of Greenwich before the first change.
    package let first: Int
    /// The changes, in order.
    package let changes: [Change]
    /// What holds after the last change; where there is no rule, that change's offset.
    let rule: PosixRule?

    init(name: String, version: String, first: Int, changes: [Change], rule: PosixRule?) {
        self.name = name
        self.version = version
        self.first = first
        self.changes = changes
        self.rule = rule
    }

    /// Greenwich's.
    package static let utc = Self(name: "UTC", version: "", first: 0, changes: [], rule: nil)

    /// Seconds east of Greenwich at an instant.
    package func offset(at instant: Int64) -> Int {
        guard let last = changes.last else { return rule?.offset(at: instant) ?? first }
        if instant >= last.at { return rule?.offset(at: instant) ?? last.offset }
        return self.index(of: instant).map { changes[$0].offset } ?? first
    }

    /// The last change until an instant.
    private func index(of instant: Int64) -> Int? {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= instant { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    /// The changes of the offset after `from`, until and with `to`.
    package func transitions(after from: Int64, through to: Int64) -> [Change] {
        guard from < to else { return [] }
        var found: [Change] = []
        var current = offset(at: from)
        func take(_ change: Change) {
            guard change.offset != current else { return }
            current = change.offset
            found.append(change)
        }
        let start = index(of: from).map { $0 + 1 } ?? 0
        for index in start..<max(start, changes.count) where changes[index].at <= to {
            // With the last change the rule begins.
            let at = changes[index].at
            take(Change(at: at, offset: offset(at: at)))
        }
        if let rule {
            let ruled = max(from, changes.last?.at ?? from)
            for change in rule.changes(after: ruled, through: to) { take(change) }
        }
        return found
    }

    /// The local time of an instant.
    package func local(at instant: Int64) -> Int64 { instant + Int64(offset(at: instant)) }

    /// The instant of a local time: where clocks are put forward over it, by the offset from before
    /// (RFC 5545, 3.3.5), and where it is there twice, as `edge` says.
    package func instant(ofLocal local: Int64, _ edge: Edge) -> Int64 {
        var start = Int64.min
        var offset = offset(at: local - Self.reach)
        var found: Int64?
        var skipped: Int64?
        for change in transitions(after: local - Self.reach, through: local + Self.reach) {
            let instant = local - Int64(offset)
            if instant >= start, instant < change.at {
                if edge == .first { return instant }
                found = instant
            }
            if instant >= change.at, local - Int64(change.offset) < change.at {
                skipped = skipped ?? instant
            }
            start = change.at
            offset = change.offset
        }
        let instant = local - Int64(offset)
        if instant >= start { return instant }
        return found ?? skipped ?? instant
    }

    /// The rules from an instant on, without what the rule for all years says anyway: small enough
    /// to stand in a record.
    package func excerpt(from instant: Int64) -> Self {
        var table = [Change(at: instant, offset: offset(at: instant))]
        if let last = changes.last, last.at > instant {
            table += transitions(after: instant, through: last.at)
        }
        guard let rule else {
            return Self(
                name: name, version: version, first: table[0].offset,
                changes: Array(table.dropFirst()), rule: nil)
        }
        let end = table[table.count - 1].at
        var kept = table.count - 1
        while kept > 0 {
            let before = table[kept - 1]
            guard rule.offset(at: before.at) == before.offset,
                rule.changes(after: before.at, through: end) == Array(table[kept...])
            else { break }
            kept -= 1
        }
        return Self(
            name: name, version: version, first: table[0].offset,
            changes: Array(table[...kept]), rule: rule)
    }
}

extension ZoneRules: Codable {
    private enum Field: String, CodingKey {
        case name, version, first, changes, rule
    }

    /// Reads what is as it must be: in order, and within what offsets there are.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        name = try box.decode(String.self, forKey: .name)
        version = try box.decode(String.self, forKey: .version)
        first = try box.decode(Int.self, forKey: .first)
        changes = try box.decodeIfPresent([Change].self, forKey: .changes) ?? []
        let text = try box.decodeIfPresent(String.self, forKey: .rule)
        rule = text.flatMap { PosixRule($0) }
        guard text == nil || rule != nil, Self.offsets.contains(first),
            changes.allSatisfy({ Self.offsets.contains($0.offset) }),
            zip(changes, changes.dropFirst()).allSatisfy({ $0.at < $1.at })
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .changes, in: box, debugDescription: "these are no rules of a time zone")
        }
    }

    /// Writes them; what is empty is left out.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        try box.encode(name, forKey: .name)
        try box.encode(version, forKey: .version)
        try box.encode(first, forKey: .first)
        if !changes.isEmpty { try box.encode(changes, forKey: .changes) }
        try box.encodeIfPresent(rule?.text, forKey: .rule)
    }
}

package import Conversation

/// What a log knows of erasures.
package struct LoggedErasures: Hashable, Sendable {
    /// The installation, once its ledger has begun.
    package var installation: String?
    /// The purges that were asked for, and, of those that stand in the ledger, the entry's number.
    package var purges: [PurgeID: Int?]
    /// The keys that are destroyed.
    package var destroyed: Set<KeyID>

    /// Knows what is given, nothing by default.
    package init(
        installation: String? = nil, purges: [PurgeID: Int?] = [:], destroyed: Set<KeyID> = []
    ) {
        self.installation = installation
        self.purges = purges
        self.destroyed = destroyed
    }

    /// Whether the log has all that an entry says, or a purge is under way that will see to it.
    fileprivate func covers(_ entry: ErasureLedger.Entry) -> Bool {
        purges[entry.purge] != nil
    }
}

/// What the two copies of the ledger and the log say together: whether an installation may start.
package enum LedgerVerdict: Hashable, Sendable {
    /// The first start of all: the ledger is to be made, under this name if it has one already.
    case begin(installation: String?)
    /// All is as it should be.
    case start
    /// Somebody has to do something before.
    case refuse(Refusal)

    /// Why nothing may start.
    package enum Refusal: Hashable, Sendable {
        /// A copy is missing.
        case missing(String)
        /// A copy is not what was written, and why.
        case broken(String, String)
        /// The copies do not say the same.
        case different
        /// A copy is another installation's.
        case stranger(String)
        /// The ledger names what was erased of which the log knows nothing.
        case ahead(TenantID)
        /// The log says that something was erased of which the ledger knows nothing.
        case behind

        /// What is wrong and what to do, as a sentence for people.
        package var description: String {
            switch self {
            case .missing(let path):
                "the ledger of erasures is missing: there is no \(path); put it back from where "
                    + "it went, or run `parley restore`, which makes it anew of its other copy"
            case .broken(let path, let why):
                "the ledger of erasures \(path) is not as it was written: \(why); put it back, or "
                    + "run `parley restore`, which makes it anew of its other copy"
            case .different:
                "the two copies of the ledger of erasures do not say the same: one of them, or the "
                    + "keys folder, is an older copy; run `parley restore`"
            case .stranger(let path):
                "the ledger of erasures \(path) is another installation's: name this one's keys "
                    + "folder with --keys"
            case .ahead(let tenant):
                "this log is an older copy, or another: the tenant \(tenant) was erased for good "
                    + "since; run `parley restore`, which erases again what was erased"
            case .behind:
                "the ledger of erasures is older than the log: an older copy of the keys folder "
                    + "was put back; put back the newest, or run `parley restore`"
            }
        }
    }

    /// Judges what was found; `names` are the paths of the copies.
    package init(
        _ log: LoggedErasures, _ first: LedgerCopy, _ second: LedgerCopy,
        names: (first: String, second: String)
    ) {
        guard let installation = log.installation else {
            self = Self.beginning(log, first, second, names)
            return
        }
        var ledgers: [ErasureLedger] = []
        for (copy, name) in [(first, names.first), (second, names.second)] {
            switch copy {
            case .missing:
                self = .refuse(.missing(name))
                return
            case .broken(let why):
                self = .refuse(.broken(name, why))
                return
            case .whole(let ledger) where ledger.installation != installation:
                self = .refuse(.stranger(name))
                return
            case .whole(let ledger): ledgers.append(ledger)
            }
        }
        self = Self.comparing(log, ledgers[0], ledgers[1])
    }

    private static func beginning(
        _ log: LoggedErasures, _ first: LedgerCopy, _ second: LedgerCopy,
        _ names: (first: String, second: String)
    ) -> LedgerVerdict {
        if case .broken(let why) = first { return .refuse(.broken(names.first, why)) }
        if case .broken(let why) = second { return .refuse(.broken(names.second, why)) }
        let found = [first.ledger, second.ledger].compactMap(\.self)
        if let entry = found.lazy.flatMap(\.entries).first { return .refuse(.ahead(entry.tenant)) }
        // A start that was cut off has made one copy, or both, and not told the log yet.
        let names = Set(found.map(\.installation))
        return names.count > 1 ? .refuse(.different) : .begin(installation: names.first)
    }

    private static func comparing(
        _ log: LoggedErasures, _ first: ErasureLedger, _ second: ErasureLedger
    ) -> LedgerVerdict {
        let (short, long) = first.isBeginning(of: second) ? (first, second) : (second, first)
        guard short.isBeginning(of: long) else { return .refuse(.different) }
        // A purge that was cut off between the two copies goes on by itself.
        for entry in long.entries.dropFirst(short.entries.count) {
            guard case .some(.none) = log.purges[entry.purge] else {
                return .refuse(log.covers(entry) ? .different : .ahead(entry.tenant))
            }
        }
        if let entry = long.entries.first(where: { !log.covers($0) }) {
            return .refuse(.ahead(entry.tenant))
        }
        let known = Set(long.entries.map(\.purge))
        let isBehind = log.purges.contains { $0.value != nil && !known.contains($0.key) }
        return isBehind ? .refuse(.behind) : .start
    }
}

/// How a ledger and a log that do not go together are brought together again.
package struct LedgerRestoration: Hashable, Sendable {
    /// The ledger that both copies are to be.
    package var ledger: ErasureLedger
    /// What the log is to be told of: erased for good, of which it knows nothing, or not all.
    package var erased: [ErasureLedger.Entry]

    /// Finds what is to be done; `nil` if no copy is left that has all that the log says.
    package init?(_ log: LoggedErasures, _ first: LedgerCopy, _ second: LedgerCopy) {
        let found = [first.ledger, second.ledger].compactMap(\.self)
        guard
            let longest = found.max(by: { $0.entries.count < $1.entries.count }),
            found.allSatisfy({ $0.isBeginning(of: longest) }),
            log.installation == nil || log.installation == longest.installation
        else { return nil }
        let known = Set(longest.entries.map(\.purge))
        guard log.purges.allSatisfy({ $0.value == nil || known.contains($0.key) }) else {
            return nil
        }
        ledger = longest
        erased = longest.entries.filter { entry in
            !log.covers(entry) || !entry.keys.allSatisfy(log.destroyed.contains)
        }
    }
}

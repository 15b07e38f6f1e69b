import Blobs
import Conversation
import Cryptography
import EventLog
import FoundationEssentials
import PurgeRecords
import Records
import SQLite
import TenantKeys
import Views

/// Does the steps of a purge, each of which may be done again.
struct PurgeSteps: Sendable {
    let place: PurgeWorkplace
    let limits: PurgeLimits
    private let log: PurgeLog

    init(_ place: PurgeWorkplace, _ limits: PurgeLimits) {
        self.place = place
        self.limits = limits
        log = PurgeLog(place: place)
    }

    /// Does a step, and says what is to be told of it.
    ///
    /// - Throws: ``PurgeWaits`` if it cannot be done yet, else what went wrong; it is tried again.
    func perform(
        _ step: TenantPurge.Step, of purge: PurgeProgress, in book: PurgeBook
    ) async throws -> PurgeFacts {
        switch step {
        case .requested: PurgeFacts()
        case .fenced: try await fence(purge)
        case .drained: try await drain(purge)
        case .entered: try await enter(purge, in: book)
        case .destroyed: try await destroy(purge)
        case .forgotten: try await waitUntilForgotten(purge)
        case .removed: try await remove(purge)
        case .rewrapped: try await rewrap()
        case .settled: try await settle(purge)
        case .verified: try await verify(purge)
        case .completed: try complete(purge, in: book)
        }
    }

    // MARK: Before anything is destroyed

    private func fence(_ purge: PurgeProgress) async throws -> PurgeFacts {
        try await place.whileTenantsRest {
            try await place.appender.append([
                log.tombstone(
                    .tenants, purge.tenant.rawValue, purge.tenant, purge.purge,
                    type: TenantSettings.type)
            ])
        }
        var facts = PurgeFacts()
        facts.fence = Self.named(try await log.ranges().mapValues(\.high))
        return facts
    }

    /// Waits for the stages, one round for each: what one has written meanwhile the next has read.
    private func drain(_ purge: PurgeProgress) async throws -> PurgeFacts {
        var ends = Self.partitions(purge.facts.fence ?? [:])
        for _ in 0...place.stages.count {
            let behind = try await log.behind(ends)
            guard behind.isEmpty else { throw PurgeWaits(behind.joined(separator: "; ")) }
            let latest = try await log.ranges().mapValues(\.high)
            // All have read all there is, and nobody has written since: nothing is under way.
            if latest == ends { break }
            ends = latest
        }
        var records: [String: Int] = [:]
        var unsealed = 0
        try await log.read(purge.tenant, to: ends) { record in
            guard !PurgeLog.standing.contains(record.record.topic) else { return }
            records[record.record.topic, default: 0] += 1
            if isPlain(record.record) { unsealed += 1 }
        }
        var views: [String: Int] = [:]
        for view in place.views() { views[view.view.name] = try await view.rows(of: purge.tenant) }
        let files = try await place.blobs.usage(of: purge.tenant)
        var facts = PurgeFacts()
        facts.ends = Self.named(ends)
        facts.counts = PurgeFacts.Counts(
            records: records, views: views, files: files.count, bytes: files.bytes,
            unsealed: unsealed)
        return facts
    }

    /// From here on no older copy of the data can bring the keys back.
    private func enter(_ purge: PurgeProgress, in book: PurgeBook) async throws -> PurgeFacts {
        guard let installation = book.installation else {
            throw PurgeWaits("the ledger of erasures has not begun: start `parley up` anew")
        }
        let keys = try await log.keys(of: purge.tenant).keys
        let living = keys.filter(\.value.isLiving).keys.sorted()
        let before = try place.ledger.read(of: installation).first.ledger?.entry(of: purge.purge)
        var facts = PurgeFacts()
        facts.keys = before?.keys ?? living
        facts.ledgerEntry = try place.ledger.enter(
            purge.purge, of: purge.tenant, keys: facts.keys ?? [], installation: installation,
            at: place.now())
        return facts
    }

    // MARK: Destroying

    private func destroy(_ purge: PurgeProgress) async throws -> PurgeFacts {
        try await place.destroyKeys(purge.tenant)
        let (keys, former) = try await log.keys(of: purge.tenant)
        if let living = keys.first(where: { $0.value.isLiving }) {
            throw PurgeWaits("the log has the key \(living.key) as a living one")
        }
        let gone = former.sorted().map { name in
            log.tombstone(.keys, name, purge.tenant, purge.purge, type: FormerConversations.type)
        }
        if !gone.isEmpty { try await place.appender.append(gone) }
        return PurgeFacts()
    }

    private func waitUntilForgotten(_ purge: PurgeProgress) async throws -> PurgeFacts {
        let moment = (purge.steps[.destroyed] ?? place.now()) + limits.forgetting
        guard place.now() >= moment else {
            throw PurgeWaits("until \(moment.rfc3339) a process may still know the keys")
        }
        for id in purge.facts.keys ?? [] {
            if case .living = place.knowledge(id) {
                throw PurgeWaits("this process has not read yet that the key \(id) is destroyed")
            }
        }
        return PurgeFacts()
    }

    private func remove(_ purge: PurgeProgress) async throws -> PurgeFacts {
        for view in place.views() { _ = try await view.forget(purge.tenant) }
        _ = try await place.blobs.erase(purge.tenant)
        try await place.eraseMails(purge.tenant)
        try await place.indexes.erase(purge.tenant)
        let gone = try await log.standingKeys(of: purge.tenant).compactMap { topic, key in
            place.envelope.types.topics[topic].map { topic in
                log.tombstone(
                    topic, key, purge.tenant, purge.purge,
                    type: place.envelope.types.types(in: topic).first?.type ?? "")
            }
        }
        if !gone.isEmpty { try await place.appender.append(gone) }
        var facts = PurgeFacts()
        facts.removesRecords = place.log is any RecordErasing
        if let erasing = place.log as? any RecordErasing {
            _ = try await erasing.erase(erasure(of: purge))
        } else {
            facts.remainder = try await remainder(of: purge)
        }
        return facts
    }

    private func erasure(of purge: PurgeProgress) -> Erasure {
        Erasure(
            header: HeaderName.tenant, value: purge.tenant.rawValue,
            below: Self.partitions(purge.facts.ends ?? [:]).filter {
                !PurgeLog.standing.contains($0.key.topic)
            })
    }

    /// What was never sealed, and when it expires.
    private func remainder(of purge: PurgeProgress) async throws -> PurgeFacts.Remainder? {
        var records: [String: Int] = [:]
        var newest: [String: Int64] = [:]
        try await log.read(
            purge.tenant, to: Self.partitions(purge.facts.ends ?? [:])
        ) { record in
            guard isPlain(record.record) else { return }
            records[record.record.topic, default: 0] += 1
            newest[record.record.topic] = max(
                newest[record.record.topic] ?? .min, record.record.timestamp)
        }
        guard !records.isEmpty else { return nil }
        var until: Timestamp? = place.now()
        for topic in try await place.log.describeTopics() {
            guard let newest = newest[topic.name] else { continue }
            switch topic.cleanup {
            case .delete(let kept?):
                until = until.map { max($0, Timestamp(milliseconds: newest) + kept) }
            case .delete(nil): until = nil
            // Tombstones have replaced them: they go with the next round of the cleaner.
            case .compact, nil: break
            }
        }
        return PurgeFacts.Remainder(records: records, until: until)
    }

    /// Whether a record has personal fields that were never sealed; many have none that hold
    /// anything.
    private func isPlain(_ record: Record) -> Bool {
        let types = place.envelope.types
        guard let type = record.header(HeaderName.type).flatMap({ types[type: $0] }),
            !type.personal.isEmpty, let value = record.value
        else { return false }
        return !Self.isSealed(value)
            && PersonalSealing.isOpen(value, personal: type.personal, type: type.type)
    }

    /// Whether a value's personal fields are sealed: their member is the last one.
    private static func isSealed(_ value: [UInt8]) -> Bool {
        let mark = Array(#""personal":{"~":"#.utf8)
        // A quote in somebody's text is escaped, so it stands before no member's name.
        return value.indices.contains { index in
            value[index] == UInt8(ascii: "p") && index > 1
                && (value[index - 2] == UInt8(ascii: ",") || value[index - 2] == UInt8(ascii: "{"))
                && value[(index - 1)...].starts(with: mark)
        }
    }

    private func rewrap() async throws -> PurgeFacts {
        var facts = PurgeFacts()
        facts.epoch = try await place.nextEpoch()
        return facts
    }

    // MARK: Looking after it

    private func settle(_ purge: PurgeProgress) async throws -> PurgeFacts {
        var files: [String] = []
        for view in place.views() {
            try await view.settle(within: limits.settling)
            files.append("views/\(view.view.name)")
        }
        if let erasing = place.log as? any RecordErasing {
            try await erasing.settle(
                within: limits.settling, rewriting: purge.facts.counts?.unsealed ?? 0 > 0)
            files.append("log")
        }
        for name in cacheNames {
            let connection = try Connection(
                path: "\(place.caches)/\(name)",
                options: ConnectionOptions(access: .readWrite, writeAheadLog: false))
            try connection.emptyLog(within: limits.settling)
            files.append("caches/\(name)")
        }
        var facts = PurgeFacts()
        facts.files = files
        return facts
    }

    private var cacheNames: [String] {
        // Where there is no folder there is no file either.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.caches)) ?? []
        return names.filter { name in
            name.hasSuffix("-wal")
        }.map { String($0.dropLast(4)) }.sorted()
    }

    private func verify(_ purge: PurgeProgress) async throws -> PurgeFacts {
        var checks: [String: Bool] = [:]
        let keys = try await log.keys(of: purge.tenant).keys
        checks["keys are destroyed in the log"] =
            keys.values.allSatisfy { !$0.isLiving }
            && (purge.facts.keys ?? []).allSatisfy { keys[$0]?.isLiving != true }
        checks["keys open nothing here"] = (purge.facts.keys ?? []).allSatisfy { id in
            if case .living = place.knowledge(id) { false } else { true }
        }
        for view in place.views() {
            checks["the view \(view.view.name) has no row"] =
                try await view.rows(of: purge.tenant) == 0
        }
        checks["there is no index"] = await !place.indexes.hold(purge.tenant)
        checks["there is no file"] = try await place.blobs.usage(of: purge.tenant).count == 0
        if purge.facts.removesRecords == true {
            var left = 0
            try await log.read(purge.tenant, to: erasure(of: purge).ends) { _ in left += 1 }
            checks["there is no record"] = left == 0
        }
        let failed = checks.filter { !$0.value }.keys.sorted()
        guard failed.isEmpty else {
            // What came between is removed once more before the next look.
            _ = try await destroy(purge)
            _ = try await remove(purge)
            _ = try await settle(purge)
            throw PurgeWaits("not so yet: \(failed.joined(separator: "; "))")
        }
        var facts = PurgeFacts()
        facts.checks = checks
        return facts
    }

    private func complete(_ purge: PurgeProgress, in book: PurgeBook) throws -> PurgeFacts {
        var facts = PurgeFacts()
        facts.outside = place.outside
        let copies = place.now() + limits.keyCopies
        switch purge.facts.remainder {
        case nil: facts.finalAt = copies
        case let remainder?: facts.finalAt = remainder.until.map { max($0, copies) }
        }
        facts.before =
            try book.newestReceipt.map {
                SHA256.hex(try RecordCodec.encode(PurgeReceipt($0)))
            } ?? ""
        return facts
    }

    // MARK: Names of partitions

    private static func named(_ ends: [TopicPartition: Int64]) -> [String: Int64] {
        Dictionary(ends.map { ("\($0.key)", $0.value) }) { $1 }
    }

    private static func partitions(_ names: [String: Int64]) -> [TopicPartition: Int64] {
        var ends: [TopicPartition: Int64] = [:]
        for (name, end) in names {
            guard let dash = name.lastIndex(of: "-"),
                let number = Int32(name[name.index(after: dash)...])
            else { continue }
            ends[TopicPartition(String(name[..<dash]), number)] = end
        }
        return ends
    }
}

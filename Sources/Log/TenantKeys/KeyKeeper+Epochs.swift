package import Conversation
import Cryptography
import Synchronization
import Telemetry

/// What the next epoch's table key brought.
package struct EpochReport: Sendable, Equatable {
    /// The epoch whose table key wraps all tenants' keys now.
    package var epoch: Int
    /// How many keys were wrapped anew.
    package var rewrapped: Int
}

extension KeyKeeper {
    /// Makes a table key of a fresh epoch, wraps all living keys by it, and destroys the older
    /// ones: every other copy of what those wrapped is noise from then on.
    ///
    /// - Throws: ``KeyProblem``; asked again, or at the next start, it goes on.
    package func turnEpoch() async throws(KeyProblem) -> EpochReport {
        try await feed.folder.exclusively { () async throws(KeyProblem) -> EpochReport in
            for step in EpochStep.allCases { try await self.perform(step) }
            return try await self.finishEpoch()
        }
    }

    /// Makes the first table key, or goes on with an epoch that was interrupted.
    ///
    /// - Throws: ``KeyProblem/missing(path:)`` where the log has keys but the file is gone.
    func openTableKeys() async throws(KeyProblem) {
        try feed.folder.create()
        try await feed.folder.exclusively { () async throws(KeyProblem) in
            try self.recoverFiles()
            try await self.readToEnd()
            if try self.feed.folder.tableKeys() == nil {
                guard !self.feed.hasLivingKeys else {
                    throw .missing(path: self.feed.folder.tableKeysFile)
                }
                try self.feed.folder.write(
                    self.ringed { ring throws(KeyRingError) in
                        try TableKeys().adding(sealedBy: ring)
                    })
            }
            try self.feed.reload()
            _ = try await self.finishEpoch()
        }
    }

    private func recoverFiles() throws(KeyProblem) {
        do throws(KeyRingError) {
            for file in [feed.folder.tableKeysFile, feed.folder.livingKeysFile] {
                try SecretFile(path: file).recover()
            }
        } catch {
            throw .ring(error)
        }
    }

    /// What begins an epoch; what ends it follows from what the files and the log hold.
    enum EpochStep: CaseIterable {
        /// All table keys of the file are sealed by the ring's newest key.
        case seal
        /// The file has the table key of the next epoch as well.
        case begin
    }

    func perform(_ step: EpochStep) async throws(KeyProblem) {
        guard let keys = try feed.folder.tableKeys() else {
            throw .missing(path: feed.folder.tableKeysFile)
        }
        switch step {
        case .seal:
            let sealed = try ringed { ring throws(KeyRingError) in try keys.resealed(by: ring) }
            if sealed != keys { try feed.folder.write(sealed) }
        case .begin:
            try feed.folder.write(
                try ringed { ring throws(KeyRingError) in try keys.adding(sealedBy: ring) })
        }
        try feed.reload()
    }

    /// Wraps whatever is not wrapped by the newest table key, then drops the older ones.
    func finishEpoch() async throws(KeyProblem) -> EpochReport {
        let keys = try feed.reload()
        var rewrapped = 0
        // Whoever makes keys holds the folder's lock, as we do; but another machine may have
        // another folder, so it is looked again until nothing is left.
        while true {
            try await readToEnd()
            let stale = feed.stale(under: keys)
            guard !stale.isEmpty else { break }
            var fresh: [KeyRecord] = []
            for record in stale { fresh.append(try keys.rewrapped(record)) }
            for start in stride(from: 0, to: fresh.count, by: Self.batch) {
                try await append(Array(fresh[start..<min(start + Self.batch, fresh.count)]))
            }
            rewrapped += fresh.count
        }
        try LivingKeys.write(feed.records, to: feed.folder)
        if let file = try feed.folder.tableKeys(), file.epochs.count > 1 {
            try feed.folder.write(file.onlyNewest)
            try feed.reload()
            logger.notice(
                "the table key is of a new epoch", [.count: .count(feed.records.count)])
        }
        return EpochReport(epoch: keys.newest, rewrapped: rewrapped)
    }

    /// Destroys all keys of a tenant, for good; answers which they were.
    ///
    /// - Throws: ``KeyProblem``; asked again it goes on.
    package func destroyKeys(of tenant: TenantID) async throws(KeyProblem) -> [KeyID] {
        try await feed.folder.exclusively { () async throws(KeyProblem) -> [KeyID] in
            var destroyed: [KeyID] = []
            while true {
                try await self.readToEnd()
                let living = self.feed.records.filter { $0.tenant == tenant }
                guard !living.isEmpty else { break }
                let time = self.now()
                try await self.append(
                    living.map { record in
                        var record = record
                        record.standing = .destroyed(at: time)
                        return record
                    })
                destroyed += living.map(\.id)
            }
            try LivingKeys.write(self.feed.records, to: self.feed.folder)
            return destroyed
        }
    }

    /// Writes the snapshot of all living keys, if it is not so already.
    func keepSnapshot() async throws(KeyProblem) {
        try await feed.folder.exclusively { () async throws(KeyProblem) in
            try LivingKeys.write(self.feed.records, to: self.feed.folder)
        }
    }

    private func ringed(
        _ body: (KeyRing) throws(KeyRingError) -> TableKeys
    ) throws(KeyProblem) -> TableKeys {
        do throws(KeyRingError) {
            do throws(KeyRingError) {
                return try body(feed.ring.current)
            } catch {
                guard case .unknownKey = error, try feed.ring.reload() else { throw error }
                return try body(feed.ring.current)
            }
        } catch {
            throw .ring(error)
        }
    }
}

extension KeyFeed {
    /// Why a tenant's living keys cannot be opened, if it has such.
    package func problem(of tenant: TenantID) -> KeyProblem? {
        contents.withLock { contents in
            contents.unresolved.sorted { $0.key < $1.key }
                .first { contents.records[$0.key]?.tenant == tenant }?.value
        }
    }

    /// The living keys that the log does not hold wrapped by the newest table key, without those
    /// that cannot be opened.
    func stale(under keys: OpenTableKeys) -> [KeyRecord] {
        let stale = contents.withLock { contents in
            contents.records.values.filter { record in
                guard contents.unresolved[record.id] == nil,
                    case .living(let epoch, _) = record.standing
                else { return false }
                return epoch != keys.newest || contents.borrowed.contains(record.id)
            }
        }
        return stale.sorted { $0.key < $1.key }
    }
}

package import Conversation
import EventLog
import FileSignals
package import PassageIndex
import Records
import Synchronization
import Telemetry

/// How the indexes of this process go with the files that all processes of the machine share.
extension KnowledgeSearch {
    /// How far the topic was applied.
    struct Applied: Sendable {
        var next: Int64 = 0
        var lastOffset: Int64?
        var lastID: String?
        /// When this process last named what is in use.
        var named: ContinuousClock.Instant?
        /// When each tenant's changes since its generation began and when the last of them came.
        var times: [TenantID: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)] =
            [:]

        mutating func note(_ offset: Int64, _ headers: RecordHeaders) {
            next = offset + 1
            lastOffset = offset
            lastID = headers.id.rawValue
            times[headers.tenant, default: (.now, .now)].last = .now
        }
    }

    private static let partition = TopicPartition(Topic.knowledgePassages.rawValue, 0)

    /// Opens the generations in use, where they can be trusted, and tells from where on the log is
    /// to be read.
    func start(
        _ log: any EventLog, _ ranges: [TopicPartition: PartitionRange]
    ) async throws(EventLogError) -> [TopicPartition: Int64] {
        guard let files, ranges.count == 1, let range = ranges[Self.partition] else { return [:] }
        await files.whenKeysAreKnown()
        let (manifest, identity) = await files.manifest()
        guard let manifest, try await fits(manifest, range, log) else { return [:] }
        var start = manifest.start
        for entry in manifest.entries {
            do throws(IndexFileError) {
                let generation = try await files.open(entry)
                await index(entry.tenant).adopt(generation, behind: entry.position)
            } catch {
                // Its passages are read from the log again.
                start = nil
                logger.warning(
                    "an index is built anew",
                    [.tenant: .identifier(entry.tenant), .error: .error(error)])
            }
        }
        seen.withLock { $0 = start == nil ? nil : identity }
        guard let start else { return [:] }
        applied.withLock {
            $0.next = start
            $0.lastOffset = manifest.lastOffset
            $0.lastID = manifest.lastID
        }
        return [Self.partition: start]
    }

    /// Whether what is in use was made of this log, and lately.
    private func fits(
        _ manifest: IndexFolder.Manifest, _ range: PartitionRange, _ log: any EventLog
    ) async throws(EventLogError) -> Bool {
        guard let files, now().since(manifest.writtenAt) < files.settings.trust,
            manifest.writtenAt <= now(), let last = manifest.lastOffset,
            manifest.entries.allSatisfy({ $0.position <= range.high }),
            manifest.position <= range.high, last < range.high
        else { return false }
        let reader = try await log.openReader([Self.partition: .offset(last)])
        let found: Result<[ConsumedRecord], EventLogError>
        do throws(EventLogError) {
            found = .success(try await reader.poll(atMost: 1, waiting: .seconds(2)))
        } catch {
            found = .failure(error)
        }
        await reader.close()
        guard let record = try found.get().first(where: { $0.offset == last }) else {
            // It was compacted away: another one has taken its key.
            return true
        }
        return record.record.header(HeaderName.id) == manifest.lastID
    }

    /// Keeps the indexes and their files until cancelled: adopts what another process has made,
    /// and makes it where no other does.
    package func keepFiles() async {
        guard let files else { return }
        let lock = await makeLock(files)
        defer { lock?.release() }
        var isOwner = false
        while !Task.isCancelled {
            // Cancelled: the loop ends.
            try? await Task.sleep(for: files.settings.interval)
            await forgetErased(files)
            await adopt(files)
            if !isOwner { isOwner = lock?.acquireAtOnce() ?? false }
            if isOwner, !Task.isCancelled { await write(files) }
        }
    }

    private func makeLock(_ files: IndexFiles) async -> FileLock? {
        while !Task.isCancelled {
            do {
                try await files.blocking { [folder = files.folder] () throws(IndexFileError) in
                    try folder.create()
                }
                return try FileLock(path: files.folder.lockFile)
            } catch {
                logger.warning("indexes stay in memory", [.error: .error(error)])
                // Cancelled: the loop ends.
                try? await Task.sleep(for: .seconds(60))
            }
        }
        return nil
    }

    /// Forgets tenants whose keys were destroyed, here and on the disk.
    private func forgetErased(_ files: IndexFiles) async {
        for (tenant, _) in indexes.withLock({ $0 }) {
            guard case .destroyed = files.key(tenant) else { continue }
            // What is in use is named anew, without it.
            applied.withLock { $0.named = nil }
            do throws(IndexFileError) {
                try await erase(tenant)
            } catch {
                logger.warning(
                    "an erased tenant's index is still there",
                    [.tenant: .identifier(tenant), .error: .error(error)])
            }
        }
    }

    /// Forgets a tenant's passages in this process, and removes its files from this machine; the
    /// log must have ended telling of them, or tells of their removal.
    package func erase(_ tenant: TenantID) async throws(IndexFileError) {
        indexes.withLock { $0[tenant] = nil }
        guard let files else { return }
        try await files.blocking { [folder = files.folder] () throws(IndexFileError) in
            try folder.erase(tenant)
        }
    }

    /// Whether there are files of a tenant on this machine.
    package func holdsFiles(of tenant: TenantID) async -> Bool {
        guard let files else { return false }
        // It throws nothing.
        return (try? await files.blocking { [folder = files.folder] in folder.holds(tenant) })
            ?? false
    }

    /// Goes on from the generations that another process has made, once this one has read as far.
    private func adopt(_ files: IndexFiles) async {
        guard files.folder.identity != seen.withLock({ $0 }) else { return }
        let (manifest, identity) = await files.manifest()
        let next = applied.withLock(\.next)
        guard let manifest, manifest.entries.allSatisfy({ $0.position <= next }) else { return }
        for entry in manifest.entries {
            let index = index(entry.tenant)
            guard await index.progress.generation != entry.file else { continue }
            do throws(IndexFileError) {
                await index.adopt(try await files.open(entry), behind: entry.position)
                noteWritten(entry.tenant)
            } catch {
                // What this process has already is as good.
                logger.debug(
                    "an index was not adopted",
                    [.tenant: .identifier(entry.tenant), .error: .error(error)])
            }
        }
        seen.withLock { $0 = identity }
    }

    func noteWritten(_ tenant: TenantID) { applied.withLock { $0.times[tenant] = nil } }
}

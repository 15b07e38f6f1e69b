import Conversation
import PassageIndex
import Synchronization
import Telemetry

/// How one process of a machine makes the generations for all.
extension KnowledgeSearch {
    /// Writes what is due, and names it.
    func write(_ files: IndexFiles) async {
        let applied = applied.withLock { $0 }
        guard await isAnythingDue(applied, files.settings) else { return }
        let latest = await files.manifest().manifest
        // What is in use is further than this process has read: it reads on first.
        if let latest, seen.withLock({ $0 }) != nil, latest.position > applied.next { return }
        guard let lastOffset = applied.lastOffset else { return }
        var manifest = IndexFolder.Manifest(
            writtenAt: now(), position: applied.next, lastOffset: lastOffset,
            lastID: applied.lastID, entries: [], isComplete: true)
        for (tenant, index) in indexes.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            let progress = await index.progress
            guard files.living(tenant) != nil, index.key != nil else {
                if progress.count > 0 { manifest.isComplete = false }
                continue
            }
            let former = latest?.entries.first {
                $0.tenant == tenant && $0.file == progress.generation
            }
            if isDue(progress, tenant, applied, files.settings) {
                if progress.count == 0, progress.standings == 0 {
                    // Nothing is left of it, and nothing of it stays on the disk.
                    await index.leaveGeneration()
                    noteWritten(tenant)
                } else if let entry = await write(index, behind: applied.next, files) {
                    manifest.entries.append(entry)
                } else if let former {
                    manifest.entries.append(former)
                } else {
                    manifest.isComplete = false
                }
            } else if var former {
                // All that came since is not this tenant's, or waits.
                if progress.changes == 0 { former.position = max(former.position, applied.next) }
                manifest.entries.append(former)
            } else if progress.changes > 0 || progress.count > 0 {
                manifest.isComplete = false
            }
        }
        guard needsNaming(manifest, after: latest, files.settings) else {
            self.applied.withLock { $0.named = .now }
            return
        }
        await name(manifest, files)
    }

    /// Whether what is in use is another than before, or was named too long ago.
    private func needsNaming(
        _ manifest: IndexFolder.Manifest, after latest: IndexFolder.Manifest?,
        _ settings: IndexFiles.Settings
    ) -> Bool {
        guard let latest else { return manifest.isComplete || !manifest.entries.isEmpty }
        return Set(latest.entries.map(\.file)) != Set(manifest.entries.map(\.file))
            || now().since(latest.writtenAt) >= settings.naming && manifest.isComplete
    }

    /// Whether there is anything to do: mostly there is not, and then nothing is read.
    private func isAnythingDue(_ applied: Applied, _ settings: IndexFiles.Settings) async -> Bool {
        if applied.named.map({ $0.duration(to: .now) >= settings.naming }) ?? true { return true }
        for (tenant, index) in indexes.withLock({ $0 }) where applied.times[tenant] != nil {
            if isDue(await index.progress, tenant, applied, settings) { return true }
        }
        return false
    }

    private func isDue(
        _ progress: PassageIndex.Progress, _ tenant: TenantID, _ applied: Applied,
        _ settings: IndexFiles.Settings
    ) -> Bool {
        let times = applied.times[tenant]
        return settings.isDue(
            progress, first: times.map { $0.first.duration(to: .now) } ?? settings.patience,
            last: times.map { $0.last.duration(to: .now) } ?? settings.patience)
    }

    /// Writes a tenant's generation and goes on from it; `nil` if it cannot be written.
    private func write(
        _ index: PassageIndex, behind next: Int64, _ files: IndexFiles
    ) async -> IndexFolder.Manifest.Entry? {
        guard let snapshot = await index.snapshot(behind: next) else { return nil }
        let tenant = index.tenant
        noteWritten(tenant)
        do throws(IndexFileError) {
            let file = try await files.blocking {
                [folder = files.folder] () throws(IndexFileError) in
                let path = try folder.newFile(of: tenant, at: snapshot.position)
                try snapshot.write(to: path)
                return String(path.split(separator: "/").last ?? "")
            }
            let entry = IndexFolder.Manifest.Entry(
                tenant: tenant, file: file, position: snapshot.position)
            let generation = try await files.open(entry)
            await index.adopt(generation, behind: entry.position)
            logger.debug(
                "an index is written",
                [.tenant: .identifier(tenant), .count: .count(generation.rows)])
            return entry
        } catch {
            logger.warning(
                "an index cannot be written", [.tenant: .identifier(tenant), .error: .error(error)])
            return nil
        }
    }

    private func name(_ manifest: IndexFolder.Manifest, _ files: IndexFiles) async {
        do throws(IndexFileError) {
            let identity = try await files.blocking {
                [folder = files.folder] () throws(IndexFileError) in
                try folder.write(manifest)
                folder.sweep(but: manifest)
                return folder.identity
            }
            seen.withLock { $0 = identity }
            applied.withLock { $0.named = .now }
        } catch {
            logger.warning("indexes cannot be named", [.error: .error(error)])
        }
    }
}

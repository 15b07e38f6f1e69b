package import Conversation
import Dispatch
package import PassageIndex

/// The files of the indexes of this machine, and what opens them.
package struct IndexFiles: Sendable {
    /// How files are kept.
    package struct Settings: Sendable {
        /// How often it is looked whether there is something to do.
        package var interval = Duration.seconds(1)
        /// After so long without changes a tenant's are written.
        package var quiet = Duration.seconds(2)
        /// Fewer changes than this wait.
        package var fewChanges = 64
        /// But no longer than this.
        package var patience = Duration.seconds(600)
        /// What was taken away lies in a file for so long at most, and a little more.
        package var removalPatience = Duration.seconds(30)
        /// So many changes are written even while more come.
        package var manyChanges = 5_000
        /// How often what is in use is named anew, though nothing changed: the log's beginning is
        /// then not read again by the next process.
        package var naming = Duration.seconds(1_800)
        /// What was named longer ago is not used: the log may have forgotten by now what was
        /// removed since.
        ///
        /// Kafka keeps that for a day.
        package var trust = Duration.seconds(12 * 3_600)

        /// The standard ones.
        package init() {}

        /// Whether a tenant's changes are to be written, the first and last of which came so long
        /// ago.
        func isDue(
            _ progress: PassageIndex.Progress, first: Duration, last: Duration
        ) -> Bool {
            guard progress.changes > 0 else { return false }
            // A share of what there is, so that writing stays in proportion.
            if progress.changes >= max(manyChanges, progress.rows / 2) { return true }
            guard last >= quiet else { return false }
            return progress.changes >= max(fewChanges, progress.rows / 50) || first >= patience
                || progress.removals > 0 && first >= removalPatience
                || progress.generation == nil
        }
    }

    /// What is known of a tenant's key.
    package enum Knowledge: Sendable {
        /// It opens and seals.
        case key(IndexKey)
        /// There is none, or not yet.
        case none
        /// It was destroyed: nothing of the tenant's may be left.
        case destroyed
    }

    /// Where they lie.
    package let folder: IndexFolder
    let settings: Settings
    /// What is known of a tenant's key.
    let key: @Sendable (TenantID) -> Knowledge
    /// Waits until the keys are known.
    let whenKeysAreKnown: @Sendable () async -> Void
    private let queue = DispatchQueue(label: "passage index", qos: .utility)

    /// Describes the files of a folder.
    package init(
        _ folder: IndexFolder, settings: Settings = Settings(),
        key: @escaping @Sendable (TenantID) -> Knowledge,
        whenKeysAreKnown: @escaping @Sendable () async -> Void
    ) {
        self.folder = folder
        self.settings = settings
        self.key = key
        self.whenKeysAreKnown = whenKeysAreKnown
    }

    /// The key of a tenant, where there is one.
    func living(_ tenant: TenantID) -> IndexKey? {
        if case .key(let key) = key(tenant) { key } else { nil }
    }

    /// Runs what blocks on a thread that may, one at a time.
    func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(IndexFileError) -> Value
    ) async throws(IndexFileError) -> Value {
        let result: Result<Value, IndexFileError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(IndexFileError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// What is in use, and what tells it from another.
    func manifest() async -> (manifest: IndexFolder.Manifest?, identity: UInt64?) {
        let found = try? await blocking { [folder] in  // it throws nothing
            let identity = folder.identity
            return (folder.manifest(), identity)
        }
        return found ?? (nil, nil)
    }

    /// Opens a generation.
    func open(
        _ entry: IndexFolder.Manifest.Entry
    ) async throws(IndexFileError) -> IndexGeneration {
        guard let path = folder.file(entry), let key = living(entry.tenant) else {
            throw IndexFileError(
                path: "\(folder.path)/\(entry.tenant)/\(entry.file)",
                reason: "there is no key for it")
        }
        return try await blocking { () throws(IndexFileError) in
            try IndexGeneration(path: path, tenant: entry.tenant, key: key)
        }
    }
}

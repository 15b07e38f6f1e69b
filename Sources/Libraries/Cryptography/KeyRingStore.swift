import Synchronization

/// The keys of a process that runs on while its key file changes: what was sealed under a key that
/// came after the start can be opened as soon as it is met.
package final class KeyRingStore: Sendable {
    private let path: String?
    private let ring: Mutex<KeyRing>

    /// Keeps a ring that never changes, such as one from the environment.
    package init(_ ring: KeyRing) {
        path = nil
        self.ring = Mutex(ring)
    }

    /// Keeps the ring of a file, which is made with one fresh key when there is none; throws as
    /// reading it does.
    package init(fileAt path: String) throws(KeyRingError) {
        self.path = path
        ring = Mutex(try KeyRing(fileAt: path))
    }

    /// The keys as they were read last.
    package var current: KeyRing { ring.withLock { $0 } }

    /// Reads the keys again; `false` where they cannot have changed.
    ///
    /// - Throws: As reading them does.
    package func reload() throws(KeyRingError) -> Bool {
        guard let path else { return false }
        let read = try KeyRing(fileAt: path)
        ring.withLock { $0 = read }
        return true
    }

    /// Puts a fresh key before the others in the file; `false` where the keys do not come from one.
    ///
    /// - Throws: As `KeyRing.rotate(fileAt:)` does.
    package func addKey() throws(KeyRingError) -> Bool {
        guard let path else { return false }
        let grown = try KeyRing.rotate(fileAt: path)
        ring.withLock { $0 = grown }
        return true
    }
}

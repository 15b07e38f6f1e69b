import Synchronization

/// The keys of a process that runs on while they change where they come from: what was sealed under
/// a key that came after the start can be opened as soon as it is met.
package final class KeyRingStore: Sendable {
    private enum Source: Sendable {
        case fixed
        case file(String)
        case outside(@Sendable () throws(KeyRingError) -> KeyRing)
    }

    private let source: Source
    private let ring: Mutex<KeyRing>

    /// Keeps a ring that never changes, such as one from the environment.
    package init(_ ring: KeyRing) {
        source = .fixed
        self.ring = Mutex(ring)
    }

    /// Keeps the ring of a file, which is made with one fresh key when there is none; throws as
    /// reading it does.
    package init(fileAt path: String) throws(KeyRingError) {
        source = .file(path)
        ring = Mutex(try KeyRing(fileAt: path))
    }

    /// Keeps the ring that something outside gives, such as a command: asked now, and again
    /// whenever a key is missing; throws as it does.
    package init(
        askingFor ask: @escaping @Sendable () throws(KeyRingError) -> KeyRing
    ) throws(KeyRingError) {
        source = .outside(ask)
        ring = Mutex(try ask())
    }

    /// The keys as they were read last.
    package var current: KeyRing { ring.withLock { $0 } }

    /// Whether the keys lie in a file, where one can be added.
    package var isFile: Bool { if case .file = source { true } else { false } }

    /// Reads the keys again; `false` where they cannot have changed.
    ///
    /// - Throws: As reading them does.
    package func reload() throws(KeyRingError) -> Bool {
        let read: KeyRing
        switch source {
        case .fixed: return false
        case .file(let path): read = try KeyRing(fileAt: path)
        case .outside(let ask): read = try ask()
        }
        ring.withLock { $0 = read }
        return true
    }

    /// Puts a fresh key before the others in the file; `false` where the keys do not come from one.
    ///
    /// - Throws: As `KeyRing.rotate(fileAt:)` does.
    package func addKey() throws(KeyRingError) -> Bool {
        guard case .file(let path) = source else { return false }
        let grown = try KeyRing.rotate(fileAt: path)
        ring.withLock { $0 = grown }
        return true
    }
}

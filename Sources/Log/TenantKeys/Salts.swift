import Cryptography
import Synchronization

/// Makes bytes that no process ever made before: 16 that are random, and a number that counts up.
///
/// They need not be hard to guess, so that one request to the random generator is enough.
final class Salts: Sendable {
    /// Whether no salt of another process can be the same; what follows from one that may be has to
    /// depend on what is sealed, too.
    let areUnique: Bool
    private let beginning: [UInt8]
    private let count = Atomic<UInt64>(0)

    init() {
        // Without entropy the count still differs within the process.
        let random = try? RandomBytes.make(count: 16)
        areUnique = random != nil
        beginning = random ?? [UInt8](repeating: 0, count: 16)
    }

    /// The next 24 bytes.
    func next() -> [UInt8] {
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        var salt = beginning
        salt.reserveCapacity(24)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            salt.append(UInt8(truncatingIfNeeded: number >> shift))
        }
        return salt
    }
}

import Cryptography
import Synchronization

/// Makes bytes that no process ever made before: 16 that are random, and a number that counts up.
///
/// They need not be hard to guess, so that one request to the random generator is enough.
final class Salts: Sendable {
    private let beginning: [UInt8]
    private let count = Atomic<UInt64>(0)

    init() {
        // Without entropy the count still differs within the process, and what follows from a salt
        // depends on what is sealed, too.
        beginning = (try? RandomBytes.make(count: 16)) ?? [UInt8](repeating: 0, count: 16)
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

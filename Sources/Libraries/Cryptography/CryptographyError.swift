/// Why a cryptographic operation could not be done; never holds key material or plain text.
package enum CryptographyError: Error, Equatable, CustomStringConvertible {
    /// libcrypto refused an operation that should always succeed (out of memory, FIPS policy).
    case libraryFailure(operation: String)
    /// The data is shorter than its layout, or was changed, or another key or context sealed it.
    case authenticationFailed
    /// A key has the wrong number of bytes.
    case wrongKeyLength(expected: Int, actual: Int)
    /// A key's name is not of the form that its use wants.
    case malformedKeyName
    /// A stored password hash is not in the format that `PasswordHash` writes.
    case malformedPasswordHash

    /// One sentence for a log line.
    package var description: String {
        switch self {
        case .libraryFailure(let operation):
            "libcrypto refused \(operation)"
        case .authenticationFailed:
            "the sealed data was changed or was sealed with another key or for another purpose"
        case .wrongKeyLength(let expected, let actual):
            "a key of \(expected) bytes was expected, not of \(actual)"
        case .malformedKeyName:
            "the name of a key is not of the form that was expected"
        case .malformedPasswordHash:
            "the stored password hash is not of the form $scrypt$ln=…,r=…,p=…$salt$hash"
        }
    }
}

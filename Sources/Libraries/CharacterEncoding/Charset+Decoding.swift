import CLibuchardet
import Glibc

/// Why bytes are no text of a charset.
package enum CharsetError: Error, Hashable, Sendable {
    /// This system's iconv does not know the charset.
    case unknown
    /// The charset has no character for the bytes at this offset, or they end within one.
    case invalid(offset: Int)
}

extension Charset {
    private static let chunkBytes = 64 << 10

    /// The text that bytes are in this charset: all of it or none, nothing replaced or left out.
    package func decode(_ bytes: [UInt8]) throws(CharsetError) -> String {
        let converter = unsafe iconv_open("UTF-8", name)
        // It answers -1, not a null pointer, when it fails.
        guard Int(bitPattern: converter) != -1 else { throw .unknown }
        defer { _ = unsafe iconv_close(converter) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 2)
        if let offset = unsafe Self.convert(bytes, with: converter, into: &text) {
            throw .invalid(offset: offset)
        }
        guard let text = String(validating: text, as: UTF8.self) else { throw .invalid(offset: 0) }
        return text
    }

    /// Converts all bytes, or answers the offset of those that cannot be.
    private static func convert(
        _ bytes: [UInt8], with converter: iconv_t?, into text: inout [UInt8]
    ) -> Int? {
        // iconv takes its input as mutable.
        var bytes = bytes.map { CChar(bitPattern: $0) }
        var chunk = [CChar](repeating: 0, count: chunkBytes)
        return unsafe bytes.withUnsafeMutableBufferPointer { source -> Int? in
            var next = source.baseAddress
            var left = source.count
            while true {
                // Called without input, it writes what it held back until the end was known.
                let isEnd = left == 0
                let (result, problem, written) = unsafe chunk.withUnsafeMutableBufferPointer {
                    var place = $0.baseAddress
                    var room = $0.count
                    let result =
                        unsafe isEnd
                        ? iconv(converter, nil, nil, &place, &room)
                        : iconv(converter, &next, &left, &place, &room)
                    return (result, errno, $0.count - room)
                }
                text += chunk.prefix(written).map { UInt8(bitPattern: $0) }
                // (size_t)-1; a full chunk is no failure, and there is room again.
                if result == -1, problem != E2BIG { return source.count - left }
                if result != -1, isEnd { return nil }
            }
        }
    }
}

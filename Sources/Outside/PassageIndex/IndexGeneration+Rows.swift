import CVectors
import Conversation

/// What is asked of a generation's rows.
extension IndexGeneration {
    /// The id of a row's passage.
    func passageID(_ row: Int) -> PassageID {
        PassageID(String(decoding: idBytes(row), as: UTF8.self))
    }

    private func idBytes(_ row: Int) -> [UInt8] {
        lists.ids.array(Int(lists.idStarts[row])..<Int(lists.idStarts[row + 1]))
    }

    /// The row of a passage.
    func row(of id: PassageID) -> Int? {
        let wanted = Array(id.rawValue.utf8)
        let mask = lists.idTable.count - 1
        var place = Int(truncatingIfNeeded: IDTable.hash(wanted)) & mask
        // There are more places than rows: one is empty.
        while lists.idTable[place] != IDTable.empty {
            let row = Int(lists.idTable[place])
            if idBytes(row) == wanted { return row }
            place = (place + 1) & mask
        }
        return nil
    }

    /// The document of a row.
    func document(_ row: Int) -> DocumentID { contents.documents[Int(lists.documents[row])] }

    /// The version of a row's passage, where it is not the first.
    func version(_ row: Int) -> Int? {
        lists.versions[row] == 0 ? nil : Int(lists.versions[row])
    }

    /// Whether a row is a typed answer.
    func isTyped(_ row: Int) -> Bool { lists.flags[row] & IndexContents.Flag.isTyped != 0 }

    /// What a row says.
    func saying(_ row: Int) -> Saying {
        let first = row * Saying.shingleCount
        return Saying(
            frame: lists.frames[row], words: lists.sayings[row], count: lists.sayingWords[row],
            shingles: lists.shingles.array(first..<(first + Saying.shingleCount)))
    }

    /// A row's passage, without vectors; `nil` where it does not open any more.
    func passage(_ row: Int) -> Passage? {
        let range = Int(lists.wordStarts[row])..<Int(lists.wordStarts[row + 1])
        let sealed = lists.words.array(range)
        let id = passageID(row)
        guard let text = key.opened(sealed, as: Self.name(of: id)) else { return nil }
        return PassageForm.passage(
            text, id: id, tenant: tenant, document: document(row), version: version(row))
    }

    /// What a passage is sealed as.
    static func name(of id: PassageID) -> String { "passage/\(id.rawValue)" }

    /// The greatest cosine of a row's sentences with a vector of length 1.
    func nearestSentence(_ row: Int, to unit: [Float]) -> Float? {
        var best: Float?
        for sentence in Int(lists.sentenceStarts[row])..<Int(lists.sentenceStarts[row + 1])
        where Int(lists.sentenceCounts[sentence]) == unit.count {
            let place = Int(lists.sentencePlaces[sentence])
            let sum = unsafe lists.steps.withPointer(place..<(place + unit.count)) {
                unsafe vectors_mixed($0, unit, unit.count)
            }
            let cosine = sum * lists.sentenceFactors[sentence]
            best = best.map { max($0, cosine) } ?? cosine
        }
        return best
    }

    /// A row's sentences.
    func sentences(_ row: Int) -> [SentenceVector] {
        (Int(lists.sentenceStarts[row])..<Int(lists.sentenceStarts[row + 1])).map { sentence in
            let place = Int(lists.sentencePlaces[sentence])
            let count = Int(lists.sentenceCounts[sentence])
            return SentenceVector(
                lists.steps.array(place..<(place + count)),
                factor: lists.sentenceFactors[sentence])
        }
    }

    /// The places of a token's postings.
    func postings(of hash: UInt64) -> Range<Int> {
        let bucket = TokenDirectory.bucket(of: hash, among: lists.tokens.count)
        let (low, high) = (
            Int(lists.tokenDirectory[bucket]), Int(lists.tokenDirectory[bucket + 1])
        )
        let place = lists.tokens.firstIndex(atLeast: hash, from: low, to: high)
        guard place < high, lists.tokens[place] == hash else { return 0..<0 }
        return Int(lists.tokenStarts[place])..<Int(lists.tokenStarts[place + 1])
    }
}

/// A hash table of passages' ids in a file.
enum IDTable {
    /// A place without a row.
    static let empty = UInt32.max

    /// The hash of an id (FNV-1a).
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The table of some ids; at least half of its places are empty.
    static func table(of ids: [[UInt8]]) -> [UInt32] {
        var size = 2
        while size < 2 * ids.count { size *= 2 }
        var table = [UInt32](repeating: empty, count: size)
        for (row, id) in ids.enumerated() {
            var place = Int(truncatingIfNeeded: hash(id)) & (size - 1)
            while table[place] != empty { place = (place + 1) & (size - 1) }
            table[place] = UInt32(row)
        }
        return table
    }
}

/// Where hashes with the same first bits begin among ascending ones.
enum TokenDirectory {
    /// Some eight hashes a bucket.
    private static func bits(of count: Int) -> Int {
        max(0, min(24, Int.bitWidth - count.leadingZeroBitCount - 3))
    }

    /// The numbers of a directory: one a bucket, and the end.
    static func size(of count: Int) -> Int { (1 << bits(of: count)) + 1 }

    /// The bucket of a hash.
    static func bucket(of hash: UInt64, among count: Int) -> Int {
        let bits = bits(of: count)
        return bits == 0 ? 0 : Int(truncatingIfNeeded: hash >> UInt64(64 - bits))
    }

    /// The directory of some ascending hashes.
    static func directory(of hashes: [UInt64]) -> [UInt32] {
        var starts = [UInt32](repeating: 0, count: size(of: hashes.count))
        for hash in hashes { starts[bucket(of: hash, among: hashes.count) + 1] += 1 }
        for index in starts.indices.dropFirst() { starts[index] += starts[index - 1] }
        return starts
    }
}

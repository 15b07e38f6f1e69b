import Conversation
import Cryptography
import FoundationEssentials
import Glibc

/// All that a tenant's index holds at a moment.
package struct IndexSnapshot: Sendable {
    /// A passage that came after the generation, with its row.
    struct Own: Sendable {
        var row: Int64
        var passage: Passage
        var sentences: [SentenceVector]
        var saying: Saying
    }

    let tenant: TenantID
    let key: IndexKey
    /// The offset behind the last record that is in it.
    package let position: Int64
    let hasLaterVersions: Bool
    let base: MappedBase?
    /// In the order of their rows.
    let own: [Own]
    let fullText: FullTextTable
    let vectors: [VectorSpace: VectorTable]
    let standings: [DocumentStanding]

    /// The number of passages.
    package var rows: Int { (base?.count ?? 0) + own.count }

    /// Writes a generation: into a file beside, which takes its place once all of it is on the
    /// disk.
    ///
    /// Blocks for as long as that takes.
    ///
    /// - Throws: ``IndexFileError`` if the system refuses or the memory is exhausted.
    package func write(to path: String) throws(IndexFileError) {
        let temporary = path + ".new"
        do throws(IndexFileError) {
            let file = try IndexFileWriter(temporary)
            var writing = IndexWriting(self, file)
            try writing.run()
            try file.finish(IndexDescription.bytes(writing.contents, path), as: path)
        } catch {
            // What is left there is overwritten by the next.
            _ = unsafe unlink(temporary)
            throw error
        }
    }
}

/// A description as JSON.
enum IndexDescription {
    /// The bytes of a value.
    static func bytes(
        _ value: some Encodable, _ path: String
    ) throws(IndexFileError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do { return Array(try encoder.encode(value)) } catch {
            throw IndexFileError(path: path, reason: "\(error)")
        }
    }
}

/// Puts the sections of a generation one after the other.
struct IndexWriting {
    private let snapshot: IndexSnapshot
    private let file: IndexFileWriter
    private(set) var contents: IndexContents
    /// The living rows of the generation before, whose numbers here are their places; those that
    /// came after it follow.
    private let former: [Int]
    private var mapped: IndexGeneration? { snapshot.base?.generation }

    init(_ snapshot: IndexSnapshot, _ file: IndexFileWriter) {
        self.snapshot = snapshot
        self.file = file
        former = snapshot.base.map { Array($0.rows) } ?? []
        contents = IndexContents(
            tenant: snapshot.tenant, key: snapshot.key.name,
            rows: former.count + snapshot.own.count, tokens: 0, position: snapshot.position,
            hasLaterVersions: snapshot.hasLaterVersions, documents: [], sections: [:], spaces: [])
    }

    mutating func run() throws(IndexFileError) {
        try writeRows()
        try writeSayings()
        try writeSentences()
        try writeVectors()
        try writePostings()
        try writeWords()
    }

    private mutating func add<Number: BitwiseCopyable>(
        _ name: IndexContents.Name, _ numbers: [Number]
    ) throws(IndexFileError) {
        contents.sections[name] = try file.section(numbers)
    }

    private mutating func writeRows() throws(IndexFileError) {
        var numbers: [DocumentID: UInt32] = [:]
        var (documents, versions, flags) = ([UInt32](), [Int32](), [UInt32]())
        var ids: [[UInt8]] = []
        func number(_ document: DocumentID, _ contents: inout IndexContents) -> UInt32 {
            if let number = numbers[document] { return number }
            let number = UInt32(contents.documents.count)
            numbers[document] = number
            contents.documents.append(document)
            return number
        }
        if let mapped {
            for row in former {
                documents.append(number(mapped.document(row), &contents))
                versions.append(mapped.lists.versions[row])
                flags.append(mapped.lists.flags[row])
                ids.append(Array(mapped.passageID(row).rawValue.utf8))
            }
        }
        for own in snapshot.own {
            documents.append(number(own.passage.document, &contents))
            versions.append(Int32(clamping: own.passage.version ?? 0))
            flags.append(own.passage.asked == nil ? 0 : IndexContents.Flag.isTyped)
            ids.append(Array(own.passage.id.rawValue.utf8))
        }
        try add(.documents, documents)
        try add(.versions, versions)
        try add(.flags, flags)
        try add(.idTable, IDTable.table(of: ids))
        let lengths = snapshot.fullText.contents.lengths
        let all =
            former.map { mapped?.lists.lengths[$0] ?? 0 }
            + snapshot.own.map { lengths[$0.row] ?? 0 }
        contents.tokens = all.reduce(0) { $0 + Int($1) }
        try add(.lengths, all)
        try add(.idStarts, Self.starts(ids))
        try add(.ids, Array(ids.joined()))
    }

    private static func starts(_ parts: [[UInt8]]) -> [UInt64] {
        var starts: [UInt64] = [0]
        var place: UInt64 = 0
        for part in parts {
            place += UInt64(part.count)
            starts.append(place)
        }
        return starts
    }

    private mutating func writeSayings() throws(IndexFileError) {
        let all = former.compactMap { mapped?.saying($0) } + snapshot.own.map(\.saying)
        try add(.frames, all.map(\.frame))
        try add(.sayings, all.map(\.words))
        try add(.sayingWords, all.map(\.count))
        try add(.shingles, all.flatMap(\.shingles))
    }

    private mutating func writeSentences() throws(IndexFileError) {
        var (starts, places): ([UInt32], [UInt64]) = ([0], [])
        var (counts, factors): ([UInt32], [Float]) = ([], [])
        file.begin()
        var place: UInt64 = 0
        func add(_ sentences: [SentenceVector]) throws(IndexFileError) {
            for sentence in sentences {
                places.append(place)
                counts.append(UInt32(sentence.steps.count))
                factors.append(sentence.factor)
                place += UInt64(sentence.steps.count)
                try file.append(sentence.steps)
            }
            starts.append(UInt32(places.count))
        }
        for row in former { try add(mapped?.sentences(row) ?? []) }
        for own in snapshot.own { try add(own.sentences) }
        contents.sections[.steps] = try file.end()
        try self.add(.sentenceStarts, starts)
        try self.add(.sentencePlaces, places)
        try self.add(.sentenceCounts, counts)
        try self.add(.sentenceFactors, factors)
    }

    private mutating func writeWords() throws(IndexFileError) {
        var starts: [UInt64] = [0]
        var place: UInt64 = 0
        file.begin()
        for row in former {
            guard let mapped else { continue }
            // As they lie: they are sealed under the passage's own name.
            let range = Int(mapped.lists.wordStarts[row])..<Int(mapped.lists.wordStarts[row + 1])
            place += UInt64(range.count)
            starts.append(place)
            try file.append(mapped.lists.words.array(range))
        }
        for own in snapshot.own {
            let sealed = try seal(
                PassageForm.bytes(own.passage), as: IndexGeneration.name(of: own.passage.id))
            place += UInt64(sealed.count)
            starts.append(place)
            try file.append(sealed)
        }
        contents.sections[.words] = try file.end()
        try add(.wordStarts, starts)
        let standings = try IndexDescription.bytes(
            snapshot.standings.sorted { $0.document < $1.document }, file.path)
        try add(.standings, seal(standings, as: "standings"))
    }

    private func seal(_ text: [UInt8], as name: String) throws(IndexFileError) -> [UInt8] {
        do throws(CryptographyError) {
            return try snapshot.key.sealed(text, as: name)
        } catch {
            throw IndexFileError(path: file.path, reason: "\(error)")
        }
    }
}

extension IndexWriting {
    private mutating func writeVectors() throws(IndexFileError) {
        let spaces = Set(snapshot.vectors.keys).union(mapped?.spaces.keys ?? [:].keys)
        for space in spaces.sorted(by: {
            ($0.model, $0.dimensions) < ($1.model, $1.dimensions)
        }) {
            try write(space)
        }
    }

    /// Where each row's vector is that has one.
    private struct Places {
        /// The places in the generation before, and after it, each with its row here.
        var former: [(row: UInt32, place: Int)] = []
        var own: [(row: UInt32, place: Int)] = []
        var rows: [UInt32] { former.map(\.row) + own.map(\.row) }
    }

    private mutating func write(_ space: VectorSpace) throws(IndexFileError) {
        let (vectors, table) = (mapped?.spaces[space], snapshot.vectors[space])
        var places = Places()
        for (number, row) in former.enumerated() {
            if let place = vectors?.place(of: row) {
                places.former.append((UInt32(number), place))
            }
        }
        for (number, own) in snapshot.own.enumerated() {
            if let place = table?.position(of: own.row) {
                places.own.append((UInt32(former.count + number), place))
            }
        }
        let rows = places.rows
        guard !rows.isEmpty else { return }
        var byRow = [UInt32](repeating: MappedVectors.none, count: contents.rows)
        for (place, row) in rows.enumerated() { byRow[Int(row)] = UInt32(place) }
        let (rowSection, placeSection) = (try file.section(rows), try file.section(byRow))
        file.begin()
        for (_, place) in places.former { try file.append(vectors?.lanes(place) ?? []) }
        for (_, place) in places.own { try file.append(Array(table?.lanes(place) ?? [])) }
        let lanes = try file.end()
        file.begin()
        for (_, place) in places.former { try file.append(vectors?.bytes(place) ?? []) }
        for (_, place) in places.own { try file.append(Array(table?.bytes(place).steps ?? [])) }
        let bytes = try file.end()
        let factors =
            places.former.map { vectors?.factors[$0.place] ?? 0 }
            + places.own.map { table?.bytes($0.place).factor ?? 0 }
        contents.spaces.append(
            IndexContents.Space(
                model: space.model, dimensions: space.dimensions, rows: rowSection,
                places: placeSection, lanes: lanes, bytes: bytes,
                factors: try file.section(factors)))
    }

    private mutating func writePostings() throws(IndexFileError) {
        // Of rows here, by the hashes of their tokens.
        let (postings, _, ids) = snapshot.fullText.contents
        var numbers: [Int64: Int] = [:]
        for (number, own) in snapshot.own.enumerated() {
            numbers[own.row] = former.count + number
        }
        var fresh: [(hash: UInt64, postings: [FullTextTable.Posting])] = []
        fresh.reserveCapacity(postings.count)
        for (token, found) in postings {
            let here = found.compactMap { posting in
                numbers[ids[posting.slot]].map {
                    FullTextTable.Posting(slot: $0, count: posting.count)
                }
            }
            fresh.append((snapshot.key.hash(token, isKept: false), here))
        }
        fresh.sort { $0.hash < $1.hash }
        var renumbered = [Int32](repeating: -1, count: mapped?.rows ?? 0)
        for (number, row) in former.enumerated() { renumbered[row] = Int32(number) }
        var (hashes, starts): ([UInt64], [UInt64]) = ([], [])
        var place: UInt64 = 0
        file.begin()
        func write(_ hash: UInt64, _ all: [UInt32]) throws(IndexFileError) {
            guard !all.isEmpty else { return }
            hashes.append(hash)
            starts.append(place)
            place += UInt64(all.count)
            try file.append(all)
        }
        var next = 0
        for index in 0..<(mapped?.lists.tokens.count ?? 0) {
            guard let lists = mapped?.lists else { break }
            let hash = lists.tokens[index]
            while next < fresh.count, fresh[next].hash < hash {
                try write(fresh[next].hash, Self.ordered(fresh[next].postings))
                next += 1
            }
            var all: [UInt32] = []
            for number in lists.postings.array(
                Int(lists.tokenStarts[index])..<Int(lists.tokenStarts[index + 1]))
            {
                let posting = FullTextTable.Posting(number: number)
                let row = renumbered[posting.slot]
                guard row >= 0 else { continue }
                all.append(FullTextTable.Posting(slot: Int(row), count: posting.count).number)
            }
            if next < fresh.count, fresh[next].hash == hash {
                all += Self.ordered(fresh[next].postings)
                next += 1
            }
            try write(hash, all)
        }
        for rest in fresh[next...] { try write(rest.hash, Self.ordered(rest.postings)) }
        contents.sections[.postings] = try file.end()
        try add(.tokenDirectory, TokenDirectory.directory(of: hashes))
        try add(.tokens, hashes)
        try add(.tokenStarts, starts + [place])
    }

    private static func ordered(_ postings: [FullTextTable.Posting]) -> [UInt32] {
        postings.map(\.number).sorted()
    }
}

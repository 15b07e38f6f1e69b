import Conversation

/// Which of the passages that the queries of a search found say the same.
///
/// Each query tells such passages once, but which one it tells may differ from query to query: of
/// those that it tells, the one stands that the last query, which carries the context, tells.
struct SamePassages {
    private var firsts: [PassageID: PassageID] = [:]
    /// Where else it is said what a passage says that stands.
    private(set) var places: [PassageID: [PassagePlace]] = [:]

    init(_ answer: SearchAnswer) {
        for scored in answer.rankings.reversed().flatMap({ $0.scored ?? [] }) {
            guard let others = scored.others else {
                if firsts[scored.id] == nil { firsts[scored.id] = scored.id }
                continue
            }
            let known = ([scored.id] + others.map(\.id)).compactMap { firsts[$0] }.first
            let first = known ?? scored.id
            for id in [scored.id] + others.map(\.id) where firsts[id] == nil {
                firsts[id] = first
            }
            for place in others
            where place.id != first && places[first]?.contains(place) != true {
                places[first, default: []].append(place)
            }
        }
    }

    /// The passage that stands for one.
    func first(of id: PassageID) -> PassageID { firsts[id] ?? id }
}

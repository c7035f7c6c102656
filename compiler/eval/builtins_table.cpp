// The table of built-in functions: how each is called, and what it gives.

#include "compiler/eval/builtins.h"

namespace gpuspec::eval {

const std::vector<Builtins::Entry>& Builtins::table() {
  static const std::vector<Entry> kTable = {
      {"abs", 1, 1, "abs(number)", "The number without its sign.", &Builtins::absolute},
      {"all", 1, 1, "all(list of true and false)",
       "True when no item is false; true for an empty list.", &Builtins::all},
      {"any", 1, 1, "any(list of true and false)", "True when an item is true.", &Builtins::any},
      {"base64", 1, 1, "base64(text)", "The text in Base64.", &Builtins::base64},
      {"ceil", 1, 1, "ceil(number)", "The next integer above.", &Builtins::ceilOf},
      {"cidr_contains", 2, 2, "cidr_contains(\"10.0.0.0/8\", \"10.1.2.3\")",
       "Whether an address or range lies inside the range.", &Builtins::cidrContains},
      {"cidr_host", 2, 2, "cidr_host(\"10.1.0.0/16\", 5)",
       "The address with this number in the range.", &Builtins::cidrHost},
      {"cidr_subnet", 3, 3, "cidr_subnet(\"10.0.0.0/8\", new_bits, index)",
       "The part of the range with this index, its prefix longer by `new_bits`.",
       &Builtins::cidrSubnet},
      {"coalesce", 1, kAny, "coalesce(a, b, ...)", "The first value that is not `null`.",
       &Builtins::coalesce},
      {"concat", 1, kAny, "concat(list, list, ...)", "The items of all lists, one after the other.",
       &Builtins::concat},
      {"contains", 2, 2, "contains(list, value), contains(map, key), contains(text, part)",
       "Whether it holds the value, key or part.", &Builtins::contains},
      {"distinct", 1, 1, "distinct(list)", "The list without the items that it held before.",
       &Builtins::distinct},
      {"ends_with", 2, 2, "ends_with(text, end)", "Whether the text ends so.", &Builtins::endsWith},
      {"file", 1, 1, "file(\"./path\")", "The text of a file inside the project root.",
       &Builtins::fileText},
      {"fit", 1, 1, "fit(1..4)", "As many nodes of the range as what runs there needs.",
       &Builtins::fit},
      {"flatten", 1, 1, "flatten(list of lists)",
       "One list of the items of all lists inside, one level deep.", &Builtins::flatten},
      {"floor", 1, 1, "floor(number)", "The next integer below.", &Builtins::floorOf},
      {"int", 1, 1, "int(text)", "The integer that the text is written as.", &Builtins::toInt},
      {"join", 2, 2, "join(list, separator)", "The texts, with the separator between them.",
       &Builtins::join},
      {"keys", 1, 1, "keys(map)", "The keys of the map, in its order.", &Builtins::keys},
      {"keyvault", 1, 1, "keyvault('name')",
       "A secret that stands in Azure Key Vault; its value is never read here.",
       &Builtins::keyvault},
      {"len", 1, 1, "len(list), len(map), len(text)", "How many items, entries or characters.",
       &Builtins::len},
      {"lookup", 2, 3, "lookup(map, key), lookup(map, key, default)",
       "The value under the key, or the default.", &Builtins::lookup},
      {"lower", 1, 1, "lower(text)", "The text in small letters.", &Builtins::lower},
      {"max", 1, kAny, "max(list), max(a, b, ...)", "The largest.", &Builtins::maximum},
      {"merge", 1, kAny, "merge(map, map, ...)",
       "One map; what is named twice has the later value.", &Builtins::merge},
      {"min", 1, kAny, "min(list), min(a, b, ...)", "The smallest.", &Builtins::minimum},
      {"range", 1, 2, "range(end), range(first, end)",
       "The integers from the first (or 0) up to, and without, the end.", &Builtins::range},
      {"replace", 3, 3, "replace(text, part, by)",
       "The text with each occurrence of the part replaced.", &Builtins::replace},
      {"reverse", 1, 1, "reverse(list)", "The list from its end.", &Builtins::reverse},
      {"round", 1, 1, "round(number)", "The nearest integer; halves away from zero.",
       &Builtins::roundOf},
      {"sha256", 1, 1, "sha256(text)", "The SHA-256 of the text, in hexadecimal.",
       &Builtins::sha256},
      {"slice", 2, 3, "slice(list, first), slice(list, first, end)",
       "The items from the first index up to, and without, the end.", &Builtins::slice},
      {"sort", 1, 1, "sort(list)", "The items in order: numbers by size, texts by their bytes.",
       &Builtins::sort},
      {"split", 2, 2, "split(text, separator)", "The parts of the text between separators.",
       &Builtins::split},
      {"starts_with", 2, 2, "starts_with(text, start)", "Whether the text starts so.",
       &Builtins::startsWith},
      {"string", 1, 1, "string(value)", "The value as text.", &Builtins::toString},
      {"substring", 2, 3, "substring(text, first), substring(text, first, length)",
       "The characters from an index on.", &Builtins::substring},
      {"sum", 1, 2, "sum(list), sum(list, zero)",
       "The sum of the items; `zero` is the sum of none.", &Builtins::sum},
      {"trim", 1, 1, "trim(text)", "The text without blanks at both ends.", &Builtins::trim},
      {"upper", 1, 1, "upper(text)", "The text in capital letters.", &Builtins::upper},
      {"values", 1, 1, "values(map)", "The values of the map, in its order.", &Builtins::values},
  };
  return kTable;
}

std::vector<Builtins::Documentation> Builtins::documentation() {
  std::vector<Documentation> out;
  for (const Entry& entry : table()) out.push_back({entry.name, entry.usage, entry.doc});
  return out;
}

const Builtins::Entry* Builtins::find(const std::string& name) {
  for (const Entry& entry : table()) {
    if (name == entry.name) return &entry;
  }
  return nullptr;
}

}  // namespace gpuspec::eval

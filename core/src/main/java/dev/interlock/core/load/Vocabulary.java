package dev.interlock.core.load;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.TypeParamType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The operators and functions of guards, with their types. CEL's own, less what has no place here
 * (double, unsigned, bytes, dynamic types), plus exact numbers beside integers, days beside times,
 * {@code said}, {@code days}, {@code sum} and {@code pairs}.
 */
final class Vocabulary {
  /** A fractional literal, after parsing. */
  static final String DECIMAL_LITERAL = "@decimal";

  /** Whether the caller typed a value. */
  static final String SAID = "said";

  private static final CelType INT = SimpleType.INT;
  private static final CelType NUMBER = Types.DECIMAL;
  private static final CelType TEXT = SimpleType.STRING;
  private static final CelType BOOL = SimpleType.BOOL;
  private static final CelType TIME = SimpleType.TIMESTAMP;
  private static final CelType SPAN = SimpleType.DURATION;
  private static final CelType DAY = Types.DATE;
  private static final CelType A = TypeParamType.create("A");
  private static final CelType B = TypeParamType.create("B");
  private static final List<CelType> BASIC = List.of(INT, NUMBER, TEXT, BOOL);
  private static final CelType LIST = ListType.create(A);
  private static final CelType MAP = MapType.create(A, B);

  /** The functions that are called by name. */
  static final Set<String> FUNCTIONS =
      declarations(List.of(), List.of()).stream()
          .map(CelFunctionDecl::name)
          .filter(name -> Character.isLetter(name.charAt(0)))
          .collect(Collectors.toCollection(TreeSet::new));

  private final Map<String, List<CelOverloadDecl>> functions = new LinkedHashMap<>();

  /**
   * What may stand on both sides of {@code ==}: each type by itself, since the checker takes a type
   * parameter beside mixed numbers for the same thing.
   */
  private final List<CelType> comparable;

  private Vocabulary(List<? extends CelType> structs) {
    comparable = new ArrayList<>(List.of(INT, NUMBER, TEXT, BOOL, TIME, DAY, SPAN, LIST, MAP));
    comparable.add(Types.OBJECT);
    comparable.add(Types.ANY);
    comparable.addAll(structs);
  }

  /**
   * All of it, for an environment with these object types.
   *
   * @param pairs as {@code pairs} is called in an expression; empty while that is not known, and
   *     then what it gives is of any type
   */
  static List<CelFunctionDecl> declarations(
      List<? extends CelType> structs, Collection<Paired> pairs) {
    Vocabulary all = new Vocabulary(structs);
    all.logic();
    all.comparisons();
    all.arithmetic();
    all.collections();
    all.pairs(pairs);
    all.texts();
    all.conversions();
    all.times();
    all.saying();
    return all.functions.entrySet().stream()
        .map(f -> CelFunctionDecl.newFunctionDeclaration(f.getKey(), f.getValue()))
        .toList();
  }

  private void logic() {
    global("_&&_", BOOL, BOOL, BOOL);
    global("_||_", BOOL, BOOL, BOOL);
    global("!_", BOOL, BOOL);
    global("@not_strictly_false", BOOL, BOOL);
    comparable.forEach(type -> global("_?_:_", type, BOOL, type, type));
    global("_?_:_", NUMBER, BOOL, NUMBER, INT);
    global("_?_:_", NUMBER, BOOL, INT, NUMBER);
  }

  private void comparisons() {
    for (String operator : List.of("_==_", "_!=_")) {
      comparable.forEach(type -> global(operator, BOOL, type, type));
      for (CelType type : BASIC) {
        global(operator, BOOL, Types.ANY, type);
        global(operator, BOOL, type, Types.ANY);
      }
      mixed(operator);
    }
    for (String operator : List.of("_<_", "_<=_", "_>_", "_>=_")) {
      for (CelType type : List.of(INT, NUMBER, TEXT, BOOL, TIME, DAY, SPAN)) {
        global(operator, BOOL, type, type);
      }
      mixed(operator);
    }
  }

  /** An integer beside a number, a day beside a time. */
  private void mixed(String comparison) {
    global(comparison, BOOL, NUMBER, INT);
    global(comparison, BOOL, INT, NUMBER);
    global(comparison, BOOL, TIME, DAY);
    global(comparison, BOOL, DAY, TIME);
  }

  private void arithmetic() {
    for (String operator : List.of("_+_", "_-_", "_*_", "_/_")) {
      global(operator, INT, INT, INT);
      global(operator, NUMBER, NUMBER, NUMBER);
      global(operator, NUMBER, NUMBER, INT);
      global(operator, NUMBER, INT, NUMBER);
    }
    global("_%_", INT, INT, INT);
    global("-_", INT, INT);
    global("-_", NUMBER, NUMBER);
    global("_+_", TEXT, TEXT, TEXT);
    global("_+_", LIST, LIST, LIST);
    global("_+_", TIME, TIME, SPAN);
    global("_+_", TIME, SPAN, TIME);
    global("_+_", SPAN, SPAN, SPAN);
    for (CelType type : List.of(TIME, DAY)) {
      global("_-_", SPAN, type, TIME);
      global("_-_", SPAN, type, DAY);
      global("_-_", TIME, type, SPAN);
    }
    global("_+_", TIME, DAY, SPAN);
    global("_+_", TIME, SPAN, DAY);
    global("_-_", SPAN, SPAN, SPAN);
    global(DECIMAL_LITERAL, NUMBER, TEXT);
  }

  private void collections() {
    global("_[_]", A, LIST, INT);
    global("_[_]", B, MAP, A);
    comparable.forEach(type -> global("@in", BOOL, type, ListType.create(type)));
    for (CelType type : BASIC) {
      global("@in", BOOL, Types.ANY, ListType.create(type));
      global("@in", BOOL, type, ListType.create(Types.ANY));
    }
    global("@in", BOOL, NUMBER, ListType.create(INT));
    global("@in", BOOL, INT, ListType.create(NUMBER));
    for (CelType key : List.of(TEXT, INT, BOOL)) {
      global("@in", BOOL, key, MapType.create(key, B));
    }
    global("sum", INT, ListType.create(INT));
    global("sum", NUMBER, ListType.create(NUMBER));
    for (CelType type : List.of(TEXT, LIST, MAP)) {
      global("size", INT, type);
      member("size", INT, type);
    }
  }

  /**
   * Declared for the types that an expression calls it with: an overload for any two types there
   * are would be too many, and CEL has no object type with parameters.
   */
  private void pairs(Collection<Paired> pairs) {
    if (pairs.isEmpty()) {
      global("pairs", ListType.create(SimpleType.DYN), LIST, ListType.create(B));
    }
    for (Paired paired : pairs) {
      global(
          "pairs",
          ListType.create(paired.pair()),
          ListType.create(paired.a()),
          ListType.create(paired.b()));
    }
  }

  /** The types of the items of two lists, and of a pair of them. */
  record Paired(CelType a, CelType b, StructType pair) {}

  private void texts() {
    for (String name : List.of("contains", "startsWith", "endsWith", "matches")) {
      member(name, BOOL, TEXT, TEXT);
    }
    global("matches", BOOL, TEXT, TEXT);
  }

  private void conversions() {
    for (CelType type : List.of(TEXT, INT, NUMBER, BOOL, TIME, DAY, SPAN)) {
      global("string", TEXT, type);
    }
    for (CelType type : List.of(TEXT, INT, NUMBER)) {
      global("int", INT, type);
    }
    for (CelType type : List.of(TEXT, INT, NUMBER)) {
      global("decimal", NUMBER, type);
    }
    for (CelType type : List.of(TEXT, TIME, DAY)) {
      global("timestamp", TIME, type);
      global("date", DAY, type);
    }
    global("duration", SPAN, TEXT);
    global("duration", SPAN, SPAN);
    for (CelType from : List.of(TIME, DAY, TEXT)) {
      for (CelType to : List.of(TIME, DAY, TEXT)) {
        global("days", INT, from, to);
      }
    }
  }

  private void saying() {
    for (CelType type : List.of(TEXT, INT, NUMBER, DAY, Types.ANY)) {
      global(SAID, BOOL, type);
      global(SAID, BOOL, ListType.create(type));
    }
  }

  private void times() {
    for (String part :
        List.of("FullYear", "Month", "Date", "DayOfMonth", "DayOfWeek", "DayOfYear")) {
      member("get" + part, INT, TIME);
      member("get" + part, INT, TIME, TEXT);
      member("get" + part, INT, DAY);
    }
    for (String part : List.of("Hours", "Minutes", "Seconds")) {
      member("get" + part, INT, TIME);
      member("get" + part, INT, TIME, TEXT);
      member("get" + part, INT, SPAN);
    }
  }

  private void global(String name, CelType result, CelType... parameters) {
    List<CelOverloadDecl> overloads = overloads(name);
    overloads.add(
        CelOverloadDecl.newGlobalOverload(name + overloads.size(), result, List.of(parameters)));
  }

  private void member(String name, CelType result, CelType... parameters) {
    List<CelOverloadDecl> overloads = overloads(name);
    overloads.add(
        CelOverloadDecl.newMemberOverload(name + overloads.size(), result, List.of(parameters)));
  }

  private List<CelOverloadDecl> overloads(String name) {
    return functions.computeIfAbsent(name, n -> new ArrayList<>());
  }
}

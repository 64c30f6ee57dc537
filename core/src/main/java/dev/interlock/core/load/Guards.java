package dev.interlock.core.load;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.LockedTool;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Expressions where the machine file has them, each with the names that are in scope there. */
final class Guards {
  private static final CelType TEXT = SimpleType.STRING;
  private static final CelType WHOLE = SimpleType.INT;

  private final Reader reader;
  private final Names names;
  private final Map<String, Field> fields;
  private final Object constants;
  private final Map<List<String>, Environment> inRules = new HashMap<>();
  private @Nullable Environment plain;

  Guards(Reader reader, Names names, Map<String, Field> fields, Map<String, Object> constants) {
    this.reader = reader;
    this.names = names;
    this.fields = fields;
    this.constants = constants;
  }

  // ---- the places

  /** The guard of a transition: it may read only what is sure to be set. */
  @Nullable Expression guard(Node.@Nullable Scalar text, List<String> requires) {
    if (text == null) {
      return null;
    }
    CompiledExpression guard = GuardCompiler.guard(reader, plain(), text);
    if (guard != null) {
      Set<String> sure = new HashSet<>(requires);
      fields.values().stream()
          .filter(f -> f.source() == Field.Source.INPUT || f.keyed() || f.many())
          .forEach(f -> sure.add(f.name()));
      GuardCompiler.requireSure(reader, text, guard, sure);
    }
    return guard;
  }

  /** A time; a field that is unset means that there is none. */
  @Nullable Expression time(Node.@Nullable Scalar text) {
    return text == null ? null : GuardCompiler.of(reader, plain(), text, SimpleType.TIMESTAMP);
  }

  /** A condition on the calls of some tools. */
  @Nullable Expression rule(Node.@Nullable Scalar text, List<String> tools) {
    return text == null ? null : GuardCompiler.guard(reader, inRule(tools), text);
  }

  /** Arguments that the machine fills, each of the type that the tool's schema gives it. */
  Map<String, Expression> arguments(List<Node.Member> members, String tool) {
    return arguments(members, tool, plain());
  }

  /** A probe's arguments, over the call it is about. */
  Map<String, Expression> probeArguments(List<Node.Member> members, String probe, String of) {
    return arguments(members, probe, inProbe(of));
  }

  /** A probe's verdict, over its result and the call it is about. */
  @Nullable Expression happened(Node.@Nullable Scalar text, String of) {
    return text == null ? null : GuardCompiler.guard(reader, inProbe(of), text);
  }

  /** What is filed in place of a result, over the arguments. */
  @Nullable Expression value(Node.Scalar text, Field field) {
    Types types = new Types();
    Map<String, CelType> variables = new LinkedHashMap<>();
    variables.put("args", args(types, field.from()));
    variables.put("constants", types.of("constants", constants));
    Environment environment = Environment.of(types, variables, Set.of(), declared(field.from()));
    CelType one = types.of(field.name(), field.type());
    CelType expected = field.many() && !field.append() ? ListType.create(one) : one;
    return GuardCompiler.of(reader, environment, text, expected);
  }

  private Map<String, Expression> arguments(
      List<Node.Member> members, String tool, Environment environment) {
    LockedTool locked = names.tools().get(tool);
    Map<String, Expression> expressions = new LinkedHashMap<>();
    if (locked == null) {
      return expressions;
    }
    Map<String, Object> properties = properties(locked);
    for (Node.Member member : members) {
      Node.Scalar text = reader.word(member.node(), "the argument " + member.key() + ", CEL");
      if (!properties.containsKey(member.key())) {
        reader.unknown(
            member.mark(),
            "unknown-argument",
            "argument of " + tool,
            member.key(),
            properties.keySet());
      } else if (text != null) {
        Object schema = Objects.requireNonNull(properties.get(member.key()));
        CelType expected = new Types().of(member.key(), locked.inputSchema(), schema);
        Expression expression = GuardCompiler.of(reader, environment, text, expected);
        if (expression != null) {
          expressions.put(member.key(), expression);
        }
      }
    }
    return expressions;
  }

  // ---- what is in scope

  private Environment plain() {
    Environment known = plain;
    if (known == null) {
      Types types = new Types();
      known = Environment.of(types, everywhere(types), fields.keySet(), Map.of());
      plain = known;
    }
    return known;
  }

  private Environment inRule(List<String> tools) {
    return inRules.computeIfAbsent(
        tools,
        of -> {
          Types types = new Types();
          Map<String, CelType> variables = everywhere(types);
          variables.put("args", args(types, of));
          return Environment.of(types, variables, fields.keySet(), declared(of));
        });
  }

  private Environment inProbe(String tool) {
    Types types = new Types();
    Map<String, CelType> variables = everywhere(types);
    Map<String, CelType> call = new LinkedHashMap<>();
    call.put("args", args(types, List.of(tool)));
    call.put("key", TEXT);
    call.put("dispatchedAt", SimpleType.TIMESTAMP);
    variables.put("call", types.struct("call", call));
    variables.put("result", SimpleType.DYN);
    return Environment.of(types, variables, fields.keySet(), Map.of());
  }

  private Map<String, CelType> everywhere(Types types) {
    Map<String, CelType> members = new LinkedHashMap<>();
    fields.forEach((name, field) -> members.put(name, type(types, field)));
    Map<String, CelType> counts = Map.of("turns", WHOLE, "toolCalls", WHOLE, "errors", WHOLE);
    Map<String, CelType> run = new LinkedHashMap<>(counts);
    run.put("elapsed", SimpleType.DURATION);
    run.put("started", SimpleType.TIMESTAMP);
    run.put("state", types.struct("run.state", counts));
    run.put("turn", types.struct("run.turn", Map.of("said", SimpleType.BOOL, "calls", WHOLE)));
    Map<String, CelType> variables = new LinkedHashMap<>();
    variables.put("context", types.struct("context", members));
    variables.put(
        "caller", types.struct("caller", Map.of("id", TEXT, "roles", ListType.create(TEXT))));
    variables.put("constants", types.of("constants", constants));
    variables.put("run", types.struct("run", run));
    variables.put("now", SimpleType.TIMESTAMP);
    return variables;
  }

  private CelType type(Types types, Field field) {
    CelType type = types.of(field.name(), field.type());
    if (field.many()) {
      type = ListType.create(type);
    }
    for (int i = field.key().size() - 1; i >= 0; i--) {
      type = MapType.create(keyType(field, i), type);
    }
    return type;
  }

  /** The type of a key, by the schema of the argument it comes from. */
  private CelType keyType(Field field, int index) {
    for (String tool : field.from()) {
      LockedTool locked = names.tools().get(tool);
      List<String> path = field.key().get(index).path();
      if (locked != null && path.size() == 1) {
        Object schema = properties(locked).get(path.getFirst());
        CelType type = schema == null ? TEXT : new Types().of("key", locked.inputSchema(), schema);
        return type.equals(WHOLE) || type.equals(SimpleType.BOOL) ? type : TEXT;
      }
    }
    return TEXT;
  }

  /** The arguments that all of the tools have, of one type or of any. */
  private CelType args(Types types, List<String> tools) {
    Map<String, CelType> members = new LinkedHashMap<>();
    for (String tool : tools) {
      LockedTool locked = names.tools().get(tool);
      if (locked == null) {
        continue;
      }
      properties(locked)
          .forEach((name, schema) -> {
            CelType type = types.of("args." + name, locked.inputSchema(), schema);
            members.merge(name, type, (a, b) -> a.equals(b) ? a : Types.ANY);
          });
    }
    return types.struct("args", members);
  }

  private Map<String, Set<String>> declared(List<String> tools) {
    Map<String, Set<String>> declared = new LinkedHashMap<>();
    for (String tool : tools) {
      LockedTool locked = names.tools().get(tool);
      if (locked != null) {
        declared.put(tool, new LinkedHashSet<>(properties(locked).keySet()));
      }
    }
    return declared;
  }

  private static Map<String, Object> properties(LockedTool tool) {
    return tool.inputSchema().get("properties") instanceof Map<?, ?> properties
        ? Json.object(properties)
        : Map.of();
  }
}

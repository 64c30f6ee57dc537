package dev.interlock.langchain4j;

import dev.langchain4j.agent.tool.Tool;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The methods of a class that carry {@code @Tool}, by name; an overridden one once. */
final class Annotated {
  private Annotated() {}

  static List<Method> methods(Class<?> type) {
    Set<Class<?>> lineage = new LinkedHashSet<>();
    for (Class<?> it = type; it != null; it = it.getSuperclass()) {
      lineage.add(it);
      addInterfaces(it, lineage);
    }
    List<Method> methods = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Class<?> it : lineage) {
      Arrays.stream(it.getDeclaredMethods())
          .filter(method -> method.isAnnotationPresent(Tool.class) && !method.isSynthetic())
          .sorted(Comparator.comparing(Method::toGenericString))
          .filter(
              method -> seen.add(method.getName() + Arrays.toString(method.getParameterTypes())))
          .forEach(methods::add);
    }
    return methods;
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> lineage) {
    for (Class<?> it : type.getInterfaces()) {
      lineage.add(it);
      addInterfaces(it, lineage);
    }
  }
}

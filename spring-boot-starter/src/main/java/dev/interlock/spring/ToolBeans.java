package dev.interlock.spring;

import dev.interlock.langchain4j.JavaToolHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/** The beans whose methods carry {@code @Tool}, by the server that each is. */
final class ToolBeans {
  private final ListableBeanFactory beans;
  private final Map<String, List<String>> names = new LinkedHashMap<>();

  ToolBeans(ListableBeanFactory beans) {
    this.beans = beans;
    // Types are enough: no bean is made here that no machine names.
    for (String name :
        BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, Object.class, false, false)) {
      @Nullable Class<?> type = beans.getType(name, false);
      if (type != null && JavaToolHost.hasTools(ClassUtils.getUserClass(type))) {
        names.computeIfAbsent(server(name), server -> new ArrayList<>()).add(name);
      }
    }
  }

  private String server(String bean) {
    @Nullable ToolServer said = beans.findAnnotationOnBean(bean, ToolServer.class, false);
    return said == null ? bean : said.value();
  }

  /**
   * The beans that are servers of machines; others may have tools for something else.
   *
   * @throws IllegalStateException if two beans are the same server
   */
  Map<String, Object> of(Set<String> servers) {
    Map<String, Object> objects = new LinkedHashMap<>();
    names.forEach((server, found) -> {
      if (servers.contains(server)) {
        if (found.size() > 1) {
          throw new IllegalStateException(
              "found the beans %s as the server `%s`, expected one: put their methods together, or give one another server with @ToolServer"
                  .formatted(found, server));
        }
        objects.put(server, beans.getBean(found.getFirst()));
      }
    });
    return objects;
  }

  /** For whoever misses a server. */
  String hint() {
    String how =
        "a bean with @Tool methods is the server that its name says, or @ToolServer(\"…\"); found ";
    if (names.isEmpty()) {
      return how + "no such bean";
    }
    List<String> all = new ArrayList<>();
    names.forEach((server, found) ->
        found.forEach(bean -> all.add("%s (server `%s`)".formatted(bean, server))));
    return how + String.join(", ", all);
  }
}

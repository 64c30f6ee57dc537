package dev.interlock.outside;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The BOM says what the build says. */
class BomTest {
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<groupId>([^<]+)</groupId><artifactId>([^<]+)</artifactId><version>([^<]+)</version>");

  private static Map<String, String> managed(String pom) {
    Map<String, String> versions = new TreeMap<>();
    Matcher dependency = DEPENDENCY.matcher(pom);
    while (dependency.find()) {
      versions.put(
          dependency.group(1) + ":" + dependency.group(2), resolved(pom, dependency.group(3)));
    }
    return versions;
  }

  private static String resolved(String pom, String version) {
    if (!version.startsWith("${") || version.startsWith("${project")) {
      return version;
    }
    String name = version.substring(2, version.length() - 1);
    Matcher property = Pattern.compile("<" + name + ">([^<]+)<").matcher(pom);
    assertThat(property.find()).as(name).isTrue();
    return property.group(1);
  }

  @Test
  void versionsOfTheBomAreThoseOfTheBuild() {
    Map<String, String> bom = managed(Outside.source("bom/pom.xml"));

    assertThat(bom).containsKeys("com.google.protobuf:protobuf-bom", "dev.interlock:interlock");
    assertThat(managed(Outside.source("pom.xml"))).containsAllEntriesOf(bom);
  }
}

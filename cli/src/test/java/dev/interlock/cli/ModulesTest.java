package dev.interlock.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds the design's picture of the modules: everything points to {@code core}, adapters never see
 * each other, only the front door and the programs compose.
 */
class ModulesTest {
  enum Module {
    CORE("dev.interlock.core"),
    ENGINE("dev.interlock.engine"),
    LOCAL("dev.interlock.local"),
    TEMPORAL("dev.interlock.temporal"),
    POSTGRES("dev.interlock.postgres"),
    AGENT("dev.interlock.agent"),
    ANTHROPIC("dev.interlock.anthropic"),
    LANGCHAIN4J("dev.interlock.langchain4j"),
    TESTKIT("dev.interlock.testkit"),
    CLI("dev.interlock.cli"),
    /** Last: its package is the beginning of all others. */
    FRONT_DOOR("dev.interlock");

    private final String basePackage;

    Module(String basePackage) {
      this.basePackage = basePackage;
    }

    private String folder() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private boolean holds(JavaClass type) {
      return (type.getPackageName() + ".").startsWith(basePackage + ".");
    }

    /** The module of a class, the front door for what is in no other. */
    static Module of(JavaClass type) {
      for (Module module : values()) {
        if (module.holds(type)) {
          return module;
        }
      }
      throw new IllegalArgumentException(type.getName());
    }
  }

  private static final Map<Module, Set<Module>> MAY_SEE =
      new EnumMap<>(
          Map.of(
              Module.ENGINE, EnumSet.of(Module.CORE),
              Module.LOCAL, EnumSet.of(Module.CORE, Module.ENGINE),
              Module.TEMPORAL, EnumSet.of(Module.CORE, Module.ENGINE),
              Module.POSTGRES, EnumSet.of(Module.CORE),
              Module.AGENT, EnumSet.of(Module.CORE),
              Module.ANTHROPIC, EnumSet.of(Module.CORE),
              Module.LANGCHAIN4J, EnumSet.of(Module.CORE),
              Module.TESTKIT, EnumSet.of(Module.CORE, Module.ENGINE, Module.LANGCHAIN4J),
              Module.FRONT_DOOR,
                  EnumSet.of(
                      Module.CORE,
                      Module.ENGINE,
                      Module.LOCAL,
                      Module.TEMPORAL,
                      Module.POSTGRES,
                      Module.AGENT,
                      Module.ANTHROPIC,
                      Module.LANGCHAIN4J),
              Module.CLI, EnumSet.allOf(Module.class)));

  private static final JavaClasses INTERLOCK =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.interlock");

  @ParameterizedTest
  @EnumSource(Module.class)
  void moduleSeesOnlyWhatTheDesignAllows(Module module) {
    ruleOf(module).allowEmptyShould(false).check(INTERLOCK);
  }

  @Test
  void everyClassStandsInItsModulesFolder() {
    for (JavaClass type : INTERLOCK) {
      String jarOrFolder = type.getSource().orElseThrow().getUri().toString();

      assertThat(jarOrFolder).contains("/" + Module.of(type).folder() + "/target/");
    }
  }

  /** The front door takes its models, and passes them on. */
  @Test
  void onlyTheModuleOfThatNameAndTheFrontDoorSeeLangChain4j() {
    noClasses()
        .that(
            DescribedPredicate.not(
                DescribedPredicate.or(in(Module.LANGCHAIN4J), in(Module.FRONT_DOOR))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.langchain4j..")
        .check(INTERLOCK);
  }

  private static ArchRule ruleOf(Module module) {
    return noClasses()
        .that(in(module))
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "belong to a module that " + module + " may not see",
                type ->
                    (type.getPackageName() + ".").startsWith("dev.interlock.")
                        && Module.of(type) != module
                        && !MAY_SEE.getOrDefault(module, Set.of()).contains(Module.of(type))));
  }

  private static DescribedPredicate<JavaClass> in(Module module) {
    return DescribedPredicate.describe(
        "belong to " + module,
        type ->
            (type.getPackageName() + ".").startsWith("dev.interlock.")
                && Module.of(type) == module);
  }
}

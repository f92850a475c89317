//! The engine's settings. They were measured; figures and reasons stand in
//! `docs/decisions/0010-engine-settings.md`. Knows nothing of guests.

use wasmtime::{
    Config, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, RegallocAlgorithm,
};

use crate::HostConfig;

/// One wit-bindgen component consists of three core instances, two tables and
/// one memory; what is composed of several has more. Only counters depend on it.
const CORE_INSTANCES_PER_COMPONENT: u32 = 16;
/// Address space only: a table that is not used takes nothing else.
const TABLES_PER_COMPONENT: u32 = 4;
/// Memory that guest code may use on its stack, in bytes.
const WASM_STACK_BYTES: usize = 256 << 10;
/// The stack of a guest that waits: its own part plus the host's. Pages that
/// were never touched take nothing.
const ASYNC_STACK_BYTES: usize = 512 << 10;

/// The settings of an engine that carries `instances` instances.
pub(crate) fn settings(config: &HostConfig, instances: usize) -> Config {
    let instances = u32::try_from(instances).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES_PER_COMPONENT))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(TABLES_PER_COMPONENT))
        .total_stacks(instances)
        .max_memory_size(config.max_memory_bytes)
        .max_unused_warm_slots(instances)
        .linear_memory_keep_resident(config.keep_resident_bytes)
        .table_keep_resident(config.keep_resident_bytes);
    let mut engine = shared(config);
    engine.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    engine
}

/// The same settings, but the pooling allocator as it comes: the baseline of a
/// benchmark.
pub(crate) fn untuned(config: &HostConfig) -> Config {
    let mut pool = PoolingAllocationConfig::default();
    pool.max_memory_size(config.max_memory_bytes);
    let mut engine = shared(config);
    engine.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    engine
}

fn shared(config: &HostConfig) -> Config {
    let mut engine = Config::new();
    engine
        .memory_init_cow(config.copy_on_write)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(ASYNC_STACK_BYTES)
        .concurrency_support(true)
        .epoch_interruption(true);
    if config.compile_quickly {
        engine
            .cranelift_opt_level(OptLevel::None)
            .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    }
    if config.checked_memory {
        engine
            .signals_based_traps(false)
            .memory_reservation(config.max_memory_bytes as u64)
            .memory_guard_size(0);
    }
    engine
}

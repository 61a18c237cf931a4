"""The contract of faults: GC-PRC-OPE-ASE-02, A 4-11. A new connector joins by a parameter of `filled`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest

from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import (
    Contract,
    CustomerView,
    Fault,
    FaultState,
    Product,
    ProductKind,
    ProductState,
    Segment,
)
from backoffice.smartflex.fault_store import SmartflexFaultsStore
from backoffice.smartflex.services import (
    OUT_OF_SERVICE,
    FaultAlreadyOpen,
    FaultReceipt,
    FaultRefused,
    Faults,
    NotOpen,
    ProductFault,
    ProductSuspended,
    UnknownFault,
    UnknownProduct,
)
from callcenter.database.transactions import Database

Filled = Callable[..., Awaitable[Faults]]

NOW_US = 1_800_000_000_000_000
FAULT = Fault(71, "Sin tono", FaultState.IN_REPAIR, NOW_US - 5, repetitions=2)


def telephone(*faults: Fault, number: int = 11, state: ProductState = ProductState.ACTIVE) -> Product:
    return Product(number, ProductKind.FIXED_TELEPHONY, state, "Residencial", "44001111", faults)


def found(product: Product, fault: Fault | None) -> ProductFault:
    return ProductFault(product.number, product.kind, product.state, product.service_number, fault)


@pytest.fixture(params=["store"])
def filled(request: pytest.FixtureRequest, database: Database) -> Filled:
    """Makes faults, of each kind there is, of one customer with the products given."""

    async def store(*products: Product) -> Faults:
        contract = Contract("2000001", date(2015, 3, 1), Decimal(0), None, products)
        customer = CustomerView(1, "Ana Quispe", Segment.MASIVO, "Sarco", "Calle 1", contracts=(contract,))
        await SmartflexStore(database).save([customer])
        return SmartflexFaultsStore(database)

    return {"store": store}[request.param]


async def register(faults: Faults, product: int = 11, call: str = "a.1") -> FaultReceipt:
    return await faults.register(product, OUT_OF_SERVICE, call=call, at_us=NOW_US)


async def reiterate(faults: Faults, fault: int = 71, call: str = "a.1") -> FaultReceipt:
    return await faults.reiterate(fault, call=call, at_us=NOW_US)


async def test_every_product_is_shown_with_its_open_fault_or_none(filled: Filled) -> None:
    broken, sound = telephone(FAULT), telephone(number=12)
    faults = await filled(broken, sound)
    assert await faults.faults(1) == (found(broken, FAULT), found(sound, None))
    assert await faults.faults(2) == ()


async def test_of_several_open_faults_the_last_is_shown_and_a_solved_one_never(filled: Filled) -> None:
    solved = Fault(73, "Sin tono", FaultState.SOLVED, NOW_US, 0)
    later = Fault(72, "Ruido en la línea", FaultState.REGISTERED, NOW_US - 1, 0)
    product = telephone(FAULT, later, solved)
    assert await (await filled(product)).faults(1) == (found(product, later),)


async def test_a_registered_fault_is_open_from_then_on(filled: Filled) -> None:
    faults = await filled(telephone())
    receipt = await register(faults)
    (shown,) = await faults.faults(1)
    assert shown.fault == Fault(receipt.number, OUT_OF_SERVICE, FaultState.REGISTERED, NOW_US, 0)
    assert receipt == FaultReceipt(receipt.number, product=11, repetitions=0)


@pytest.mark.parametrize("state", sorted(set(FaultState) - {FaultState.SOLVED}))
async def test_a_product_with_an_open_fault_takes_no_second_one(filled: Filled, state: FaultState) -> None:
    fault = Fault(71, "Sin tono", state, NOW_US - 5, 0)
    faults = await filled(telephone(fault))
    with pytest.raises(FaultAlreadyOpen) as refused:
        await register(faults)
    assert (refused.value.product, refused.value.fault) == (11, fault)


async def test_a_solved_fault_does_not_stand_in_the_way_of_a_new_one(filled: Filled) -> None:
    faults = await filled(telephone(Fault(71, "Sin tono", FaultState.SOLVED, NOW_US - 5, 0)))
    assert (await register(faults)).number != 71


@pytest.mark.parametrize("state", sorted(set(ProductState) - {ProductState.ACTIVE}))
async def test_a_suspended_product_takes_no_fault(filled: Filled, state: ProductState) -> None:
    faults = await filled(telephone(state=state), telephone(FAULT, number=12, state=state))
    for report in (register(faults), register(faults, 12), reiterate(faults)):
        with pytest.raises(ProductSuspended) as refused:
            await report
        assert refused.value.state is state


async def test_what_is_not_there_takes_no_fault(filled: Filled) -> None:
    faults = await filled(telephone())
    with pytest.raises(UnknownProduct):
        await register(faults, 99)
    with pytest.raises(UnknownFault):
        await reiterate(faults, 99)


@pytest.mark.parametrize("state", sorted(set(FaultState) - {FaultState.SOLVED}))
async def test_a_fault_said_again_is_the_same_with_one_repetition_more(filled: Filled, state: FaultState) -> None:
    faults = await filled(telephone(Fault(71, "Sin tono", state, NOW_US - 5, 2)))
    assert await reiterate(faults) == FaultReceipt(71, 11, repetitions=3)
    (shown,) = await faults.faults(1)
    assert shown.fault == Fault(71, "Sin tono", state, NOW_US - 5, 3)
    assert shown.fault.is_repeated


async def test_a_solved_fault_is_not_reiterated(filled: Filled) -> None:
    faults = await filled(telephone(Fault(71, "Sin tono", FaultState.SOLVED, NOW_US - 5, 0)))
    with pytest.raises(NotOpen) as refused:
        await reiterate(faults)
    assert (refused.value.product, refused.value.fault) == (11, 71)


async def test_a_call_that_registers_again_has_the_same_receipt(filled: Filled) -> None:
    faults = await filled(telephone())
    receipts = [await register(faults, call="a.1") for _ in range(3)]
    assert receipts == [receipts[0]] * 3
    with pytest.raises(FaultAlreadyOpen):
        await register(faults, call="b.2")


async def test_a_call_that_reiterates_again_counts_once(filled: Filled) -> None:
    faults = await filled(telephone(FAULT))
    assert [(await reiterate(faults, call=call)).repetitions for call in ("a.1", "a.1", "b.2", "a.1")] == [3, 3, 4, 3]


async def test_a_call_does_not_repeat_what_it_registered_itself(filled: Filled) -> None:
    faults = await filled(telephone())
    receipt = await register(faults)
    assert await reiterate(faults, receipt.number) == receipt
    assert (await reiterate(faults, receipt.number, call="b.2")).repetitions == 1


async def test_requests_of_one_call_at_the_same_time_register_once(filled: Filled) -> None:
    faults = await filled(telephone())
    receipts = await asyncio.gather(*(register(faults) for _ in range(8)))
    assert len(set(receipts)) == 1


async def test_of_calls_at_the_same_time_one_registers_and_the_others_are_refused(filled: Filled) -> None:
    faults = await filled(telephone())
    calls = (register(faults, call=f"{call}.1") for call in range(8))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["FaultAlreadyOpen"] * 7 + ["FaultReceipt"]


async def test_faults_registered_at_the_same_time_have_numbers_of_their_own(filled: Filled) -> None:
    faults = await filled(*(telephone(number=number) for number in range(11, 19)))
    receipts = await asyncio.gather(*(register(faults, number) for number in range(11, 19)))
    assert len({receipt.number for receipt in receipts}) == 8


@pytest.mark.parametrize("text", ["", "x" * 151, "a\nb", "\x00", "\ud800"])
async def test_text_that_cannot_be_kept_is_refused_before_anything_is_written(filled: Filled, text: str) -> None:
    faults = await filled(telephone())
    with pytest.raises(ValueError, match="printable"):
        await faults.register(11, text, call="a.1", at_us=NOW_US)
    with pytest.raises(ValueError, match="printable"):
        await faults.register(11, OUT_OF_SERVICE, call=text, at_us=NOW_US)
    assert [shown.fault for shown in await faults.faults(1)] == [None]


def test_every_refusal_can_be_caught_as_one() -> None:
    assert all(issubclass(kind, FaultRefused) for kind in (FaultAlreadyOpen, NotOpen, ProductSuspended, UnknownProduct))

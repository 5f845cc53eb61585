import time, pytest, os
from tests.vouchers.factories import *
from django.db import connection, transaction
from filiere.vouchers.services import issue
pytestmark = pytest.mark.django_db(transaction=True, databases=["default","owner"])
def test_it():
    commune, departement = commune_of_departement()
    made = programme(territory_ids=[departement.pk])
    ts=[tranche(made, cap=10**9) for _ in range(3)]
    with connection.cursor() as c:
      for size in (2000, 4000, 8000):
        lot = services.create_lot(programme=made,count=size,face_cents=1000,use_until=ON,parts=None,at=AT,actor="t")
        faces=list(issue._voucher_faces(lot))
        from filiere.vouchers.secret import new_code, mac_of
        with transaction.atomic():
            c.execute("SELECT vouchers_next_serial()"); s0=c.fetchone()[0]
            c.execute("SELECT nextval(pg_get_serial_sequence('vouchers_voucher', 'id')) FROM generate_series(1, %s)",[size]); ids=[r[0] for r in c.fetchall()]
            t=time.perf_counter()
            with c.copy("COPY vouchers_voucher (id, lot_id, serial, code_mac, face_cents, remaining_cents, state) FROM STDIN") as copy:
                for k,pk in enumerate(ids): copy.write_row((pk, lot.pk, s0+k, os.urandom(16), 1000, 1000, "created"))
            a=time.perf_counter()-t
            t=time.perf_counter()
            with c.copy("COPY vouchers_voucherpart (voucher_id, tranche_id, face_cents, remaining_cents) FROM STDIN") as copy:
                for pk, parts in zip(ids, faces):
                    for tr, cents in parts: copy.write_row((pk, tr, cents, cents))
            b=time.perf_counter()-t
            t=time.perf_counter()
            c.execute("SET CONSTRAINTS ALL IMMEDIATE"); d=time.perf_counter()-t
        print(size, round(a,2), round(b,2), round(d,2))
